/** Targets on typed arrays of the host: labels, distributions or numbers to predict. */
import { currentExecutor } from '../backends/registry';
import { fail, show } from '../errors';
import { checkNumber } from '../options';
import { upload } from '../tensor/create';
import { checkShape, type Shape, showShape, sizeOf } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import type { Target } from '../types';

type Numbers = Float32Array | Int32Array;

/** One of `labels`, `targets` and `values` is needed. */
export interface TargetOptions {
  /** Classes from 0; the target is of kind 'index'. With `numClasses`. */
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

export const targetOptions = ['labels', 'numClasses', 'ignoreIndex', 'targets', 'values', 'targetShape'] as const;

/** The targets of a data set by the indices of its samples. */
export interface TargetSource {
  /** For labels. */
  readonly numClasses?: number;
  /** As tensors that the caller owns. */
  batch(ids: Int32Array): Target;
}

/**
 * What `arrayDataset` makes of `labels`, `targets` or `values`, for data sets of one's own; its other options are not looked at.
 *
 * @param where - Who asks, for messages.
 * @param size - Number of samples.
 * @throws data: lengths that do not agree, a label out of range, a number that is not finite. option: not exactly one of the three.
 * @example
 * ```ts
 * import { ready, targetSource } from '@parsimony/core';
 * await ready();
 * const { kind } = targetSource('myDataset', { labels: [1, 0], numClasses: 2 }, 2).batch(Int32Array.of(1));
 * kind; // => 'index'
 * ```
 */
export function targetSource(where: string, options: TargetOptions, size: number): TargetSource {
  const given = (['labels', 'targets', 'values'] as const).filter((name) => options[name] !== undefined);
  if (given.length !== 1) fail('option', `${where}: expected exactly one of \`labels\`, \`targets\` and \`values\`, received ${given.length === 0 ? 'none' : given.join(' and ')}.`);
  for (const name of ['numClasses', 'ignoreIndex'] as const) {
    if (options[name] !== undefined && options.labels === undefined) fail('option', `${where}: \`${name}\` goes with \`labels\`.`);
  }
  if (options.labels !== undefined) return labelSource(where, options, options.labels, size);
  const name = options.targets !== undefined ? 'targets' : 'values';
  const data = options.targets ?? options.values;
  if (!(data instanceof Float32Array)) return fail('data', `${where}: \`${name}\` must be a Float32Array, received ${show(data)}.`);
  const shape = checkShape(where, options.targetShape ?? (name === 'targets' ? [data.length / size] : []));
  const stride = expectLength(where, name, data.length, shape, size);
  refuseNonFinite(where, name, data, stride);
  const rowsOf = (ids: Int32Array): Tensor => {
    const rows = new Float32Array(ids.length * stride);
    gatherRows(data, stride, ids, rows);
    return upload(currentExecutor(), rows, [ids.length, ...shape], 'float32');
  };
  return { batch: (ids) => (name === 'targets' ? { kind: 'soft', probs: rowsOf(ids) } : { kind: 'value', values: rowsOf(ids) }) };
}

function labelSource(where: string, options: TargetOptions, given: NonNullable<TargetOptions['labels']>, size: number): TargetSource {
  const { ignoreIndex } = options;
  const numClasses = checkNumber(where, 'numClasses', options.numClasses, { min: 1, integer: true });
  if (ignoreIndex !== undefined) checkNumber(where, 'ignoreIndex', ignoreIndex, { integer: true });
  const shape = checkShape(where, options.targetShape ?? []);
  const stride = expectLength(where, 'labels', given.length, shape, size);
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
function expectLength(where: string, name: string, length: number, shape: Shape, size: number): number {
  const stride = sizeOf(shape);
  if (length !== size * stride || stride === 0) fail('data', `${where}: \`${name}\` must have ${size * stride} elements for ${size} samples${shape.length > 0 ? ` of ${showShape(shape)}` : ''}, received ${length}.`);
  return stride;
}

function gatherRows(from: Numbers, stride: number, ids: Int32Array, to: Numbers): void {
  ids.forEach((id, row) => { to.set(from.subarray(id * stride, (id + 1) * stride), row * stride); });
}

/** Refuses NaN and infinity in samples of `stride` numbers. */
export function refuseNonFinite(where: string, name: string, data: Float32Array, stride: number): void {
  for (let i = 0; i < data.length; i++) {
    if (Number.isFinite(data[i])) continue;
    fail('data', `${where}: \`${name}\` must be finite, received ${data[i]} in sample ${Math.floor(i / stride)}, element ${i % stride}. Remove such samples or fill the gaps.`);
  }
}
