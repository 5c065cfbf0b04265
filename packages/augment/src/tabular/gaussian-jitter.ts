/** Gaussian jitter of tables: noise on columns of numbers. */
import { checkNumber, checkOptions, fail, full, ops, type RngKey, type Tensor, tensor } from '@parsimony/core';
import { checkBatchTable } from './batch-table';

/** JSON, so that a batch can be replayed: the noise itself is drawn from the key, where it is added. */
export interface JitterDraw {
  readonly key: readonly number[];
  /** Standard deviation, before `scales`. */
  readonly std: number;
}

/**
 * What noise of a standard deviation `applyGaussianJitter` will add.
 *
 * @throws option: `std` below 0.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * import { drawGaussianJitter } from '@parsimony/augment/tabular';
 * drawGaussianJitter(random.key(1), 0.1).std; // => 0.1
 * ```
 */
export function drawGaussianJitter(key: RngKey, std: number): JitterDraw {
  return { key: [...key], std: checkNumber('drawGaussianJitter', 'std', std, { min: 0 }) };
}

/**
 * y = x + std scale_c z with z standard normal, drawn anew for each element. Without scales each column has 1; a scale of 0 leaves a column
 * as it is, to the bit.
 *
 * @param table - [N, D], float32.
 * @param scales - One a column, 0 or more: their standard deviations, where they differ.
 * @throws shape, dtype: no such table, or scales of another number. option: a scale below 0, no key.
 * @see Bishop, "Training with Noise is Equivalent to Tikhonov Regularization" (1995).
 * @example
 * ```ts
 * import { random, ready, tensor } from '@parsimony/core';
 * import { applyGaussianJitter, drawGaussianJitter } from '@parsimony/augment/tabular';
 * await ready();
 * const noisy = applyGaussianJitter(tensor([[1, 2]]), drawGaussianJitter(random.key(1), 0.1), [1, 0]);
 * (await noisy.array() as number[][])[0]?.map((v) => v === 1 || v === 2); // => [false, true]
 * ```
 */
export function applyGaussianJitter(table: Tensor, draw: JitterDraw, scales?: readonly number[]): Tensor {
  const where = 'applyGaussianJitter';
  checkOptions(where, draw, ['key', 'std'], 'field');
  const [, width] = checkBatchTable(where, table);
  const key = draw.key as unknown as RngKey;
  if (scales === undefined || scales.every((scale) => scale === 1)) return ops.addNormal(table, draw.std, key);
  if (scales.length !== width) fail('shape', `${where}: \`scales\` must have one for each of ${width} columns, received ${scales.length}.`);
  scales.forEach((scale, c) => checkNumber(where, `scales[${c}]`, scale, { min: 0 }));
  if (draw.std === 0) return table;
  const noise = ops.addNormal(full(table.shape, 0), draw.std, key);
  return ops.add(table, ops.mul(noise, tensor(Float32Array.from(scales), [1, width])));
}
