/** Data sets on typed arrays of the host, which hold everything that fits in memory. */
import { currentExecutor } from '../backends/registry';
import { fail, show } from '../errors';
import { checkNumber, checkOptions } from '../options';
import { upload } from '../tensor/create';
import { checkShape, type Shape, showShape, sizeOf } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import type { Batch, Target } from '../types';
import type { Dataset } from './dataset';

type Numbers = Float32Array | Float64Array | Uint8Array | Int32Array;

export interface ArrayDatasetOptions {
  /** All samples in a row. `Uint8Array`: pixels, divided by 255 when batched. Others as they are. */
  readonly inputs: Float32Array | Uint8Array;
  /** Of one sample: [784], [1, 28, 28]. */
  readonly shape: Shape;
  /** Classes from 0; the target is of kind 'index'. With `numClasses`. One of `labels`, `targets` and `values` is needed. */
  readonly labels?: Uint8Array | Int32Array | readonly number[];
  /** 1 or more; needed with `labels`. */
  readonly numClasses?: number;
  /** A label that losses and metrics leave out, such as -100. Only with `labels`. */
  readonly ignoreIndex?: number;
  /** Probabilities of the classes, one row a sample; the target is of kind 'soft'. */
  readonly targets?: Float32Array;
  /** Numbers to predict; the target is of kind 'value'. */
  readonly values?: Float32Array;
  /** Of one sample's labels or values. Default []: one a sample. For `targets`: [classes], taken from their number. */
  readonly targetShape?: Shape;
}

export interface ArrayDataset extends Dataset {
  /** Of one sample. */
  readonly shape: Shape;
  batch(ids: Int32Array): Batch & { readonly inputs: Tensor };
}

const known = ['inputs', 'shape', 'labels', 'numClasses', 'ignoreIndex', 'targets', 'values', 'targetShape'];
const where = 'arrayDataset';
const pixels = Float32Array.from({ length: 256 }, (_, i) => i / 255);

/**
 * A data set from arrays, checked once: lengths, labels in range, no NaN or infinity.
 *
 * @throws data: no samples, lengths that do not agree, a label out of range, a number that is not finite; each says where.
 * option: an unknown option, or not exactly one of `labels`, `targets` and `values`.
 * @example
 * ```ts
 * import { arrayDataset, ready } from '@parsimony/core';
 * await ready();
 * const data = arrayDataset({ inputs: new Uint8Array([0, 255, 51, 102]), shape: [2], labels: [1, 0], numClasses: 2 });
 * const batch = data.batch(Int32Array.of(1));
 * await batch.inputs.array(); // => [[0.2, 0.4]]
 * ```
 */
export function arrayDataset(options: ArrayDatasetOptions): ArrayDataset {
  checkOptions(where, options, known);
  const { inputs } = options;
  const shape = checkShape(where, options.shape);
  const stride = sizeOf(shape);
  if (!(inputs instanceof Float32Array || inputs instanceof Uint8Array)) fail('data', `${where}: \`inputs\` must be a Float32Array or a Uint8Array, received ${show(inputs)}.`);
  if (inputs.length === 0 || stride === 0) fail('data', `${where}: the data set is empty: \`inputs\` has ${inputs.length} elements and a sample of shape ${showShape(shape)} has ${stride}.`);
  if (inputs.length % stride !== 0) fail('data', `${where}: \`inputs\` must hold whole samples of shape ${showShape(shape)} (${stride} elements each), received ${inputs.length} elements.`);
  const size = inputs.length / stride;
  if (inputs instanceof Float32Array) refuseNonFinite('inputs', inputs, stride);
  const target = targetOf(options, size);
  let scratch = new Float32Array(0);

  return {
    size, shape, ...(target.numClasses === undefined ? {} : { numClasses: target.numClasses }),
    batch(ids) {
      const executor = currentExecutor();
      for (const id of ids) if (!(id >= 0 && id < size)) fail('range', `${where}: sample ${id} does not exist; the data set has ${size}.`);
      if (scratch.length < ids.length * stride) scratch = new Float32Array(ids.length * stride);
      const rows = scratch.subarray(0, ids.length * stride);
      gatherRows(inputs, stride, ids, rows);
      const made = target.batch(ids);
      return {
        inputs: upload(executor, rows, [ids.length, ...shape], 'float32'), target: made, original: made,
        ids: upload(executor, ids, [ids.length], 'int32'), size: ids.length,
      };
    },
  };
}

function gatherRows(from: Numbers, stride: number, ids: Int32Array, to: Float32Array | Int32Array): void {
  ids.forEach((id, row) => {
    const start = id * stride;
    const at = row * stride;
    if (from instanceof Uint8Array) for (let i = 0; i < stride; i++) to[at + i] = pixels[from[start + i] as number] as number;
    else to.set(from.subarray(start, start + stride), at);
  });
}

interface TargetSource { readonly numClasses?: number; batch(ids: Int32Array): Target }

function targetOf(options: ArrayDatasetOptions, size: number): TargetSource {
  const given = (['labels', 'targets', 'values'] as const).filter((name) => options[name] !== undefined);
  if (given.length !== 1) fail('option', `${where}: expected exactly one of \`labels\`, \`targets\` and \`values\`, received ${given.length === 0 ? 'none' : given.join(' and ')}.`);
  for (const name of ['numClasses', 'ignoreIndex'] as const) {
    if (options[name] !== undefined && options.labels === undefined) fail('option', `${where}: \`${name}\` goes with \`labels\`.`);
  }
  if (options.labels !== undefined) return labelSource(options, options.labels, size);
  const name = options.targets !== undefined ? 'targets' : 'values';
  const data = options.targets ?? options.values;
  if (!(data instanceof Float32Array)) return fail('data', `${where}: \`${name}\` must be a Float32Array, received ${show(data)}.`);
  const shape = checkShape(where, options.targetShape ?? (name === 'targets' ? [data.length / size] : []));
  const stride = expectLength(name, data.length, shape, size);
  refuseNonFinite(name, data, stride);
  const rowsOf = (ids: Int32Array): Tensor => {
    const rows = new Float32Array(ids.length * stride);
    gatherRows(data, stride, ids, rows);
    return upload(currentExecutor(), rows, [ids.length, ...shape], 'float32');
  };
  return { batch: (ids) => (name === 'targets' ? { kind: 'soft', probs: rowsOf(ids) } : { kind: 'value', values: rowsOf(ids) }) };
}

function labelSource(options: ArrayDatasetOptions, given: NonNullable<ArrayDatasetOptions['labels']>, size: number): TargetSource {
  const { ignoreIndex } = options;
  const numClasses = checkNumber(where, 'numClasses', options.numClasses, { min: 1, integer: true });
  if (ignoreIndex !== undefined) checkNumber(where, 'ignoreIndex', ignoreIndex, { integer: true });
  const shape = checkShape(where, options.targetShape ?? []);
  const stride = expectLength('labels', given.length, shape, size);
  // Read before the conversion: Int32Array would cut 1.5 to 1 and NaN to 0.
  for (let i = 0; i < given.length; i++) {
    const label = given[i] as number;
    if ((Number.isInteger(label) && label >= 0 && label < numClasses) || label === ignoreIndex) continue;
    fail('data', `${where}: label ${show(label)} of sample ${Math.floor(i / stride)} is out of range: with numClasses: ${numClasses} labels are whole numbers from 0 to ${numClasses - 1}.${label === numClasses ? ' Do they start at 1? Subtract 1.' : ''}`);
  }
  const labels = Int32Array.from(given);
  return {
    numClasses,
    batch(ids) {
      const rows = new Int32Array(ids.length * stride);
      gatherRows(labels, stride, ids, rows);
      return { kind: 'index', labels: upload(currentExecutor(), rows, [ids.length, ...shape], 'int32'), numClasses, ...(ignoreIndex === undefined ? {} : { ignoreIndex }) };
    },
  };
}

/** Elements a sample. */
function expectLength(name: string, length: number, shape: Shape, size: number): number {
  const stride = sizeOf(shape);
  if (length !== size * stride || stride === 0) fail('data', `${where}: \`${name}\` must have ${size * stride} elements for ${size} samples${shape.length > 0 ? ` of ${showShape(shape)}` : ''}, received ${length}.`);
  return stride;
}

function refuseNonFinite(name: string, data: Float32Array, stride: number): void {
  for (let i = 0; i < data.length; i++) {
    if (Number.isFinite(data[i])) continue;
    fail('data', `${where}: \`${name}\` must be finite, received ${data[i]} in sample ${Math.floor(i / stride)}, element ${i % stride}. Remove such samples or fill the gaps.`);
  }
}
