/** Data sets on typed arrays of the host, which hold everything that fits in memory. */
import { currentExecutor } from '../backends/registry';
import { fail, show } from '../errors';
import { checkOptions } from '../options';
import { upload } from '../tensor/create';
import { checkShape, type Shape, showShape, sizeOf } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import type { Batch } from '../types';
import type { Dataset } from './dataset';
import { refuseNonFinite, type TargetOptions, targetOptions, targetSource } from './targets';

export interface ArrayDatasetOptions extends TargetOptions {
  /** All samples in a row. `Uint8Array`: pixels, divided by 255 when batched. Others as they are. */
  readonly inputs: Float32Array | Uint8Array;
  /** Of one sample: [784], [1, 28, 28]. */
  readonly shape: Shape;
}

export interface ArrayDataset extends Dataset {
  /** Of one sample. */
  readonly shape: Shape;
  batch(ids: Int32Array): Batch & { readonly inputs: Tensor };
}

const known = ['inputs', 'shape', ...targetOptions];
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
  if (inputs instanceof Float32Array) refuseNonFinite(where, 'inputs', inputs, stride);
  const target = targetSource(where, options, size);
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

function gatherRows(from: Float32Array | Uint8Array, stride: number, ids: Int32Array, to: Float32Array): void {
  ids.forEach((id, row) => {
    const start = id * stride;
    const at = row * stride;
    if (from instanceof Uint8Array) for (let i = 0; i < stride; i++) to[at + i] = pixels[from[start + i] as number] as number;
    else to.set(from.subarray(start, start + stride), at);
  });
}
