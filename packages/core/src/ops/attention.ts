/** Scaled dot-product attention. */
import { fail } from '../errors';
import { checkBoolean, checkNumber, checkOptions } from '../options';
import type { RngKey } from '../random/key';
import { upload } from '../tensor/create';
import { showShape } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { add } from './add';
import { asTensor, expectDType } from './convert';
import { dropout } from './dropout';
import { matmul } from './matmul';
import { mul } from './mul';
import { softmax } from './softmax';
import { where } from './where';

export interface AttentionOptions {
  /** Broadcasts to [..., L, S]. bool: true where a query may look; float32: added to the scores. */
  readonly attnMask?: Tensor;
  /** Query i looks at keys 0 … i only. Not together with `attnMask`. Default false. */
  readonly isCausal?: boolean;
  /** Probability to drop a weight, in [0, 1]; needs `key`. Default 0. */
  readonly dropoutP?: number;
  /** Key of the dropout. */
  readonly key?: RngKey;
  /** Factor of the scores. Default 1 / sqrt(E). */
  readonly scale?: number;
}

// Finite, since some GPUs' languages have no infinity; exp of it is 0 beside any score of a network.
const MASKED = -1e30;

/**
 * softmax(scale Q K^T + mask) V.
 *
 * @param query - Q: [..., L, E], float32.
 * @param key - K: [..., S, E].
 * @param value - V: [..., S, Ev].
 * @returns [..., L, Ev].
 * @throws shape: sizes that do not agree; option: both masks, or dropout without a key.
 * @see Vaswani et al., "Attention is all you need", arXiv:1706.03762. A row whose keys are all masked gives their mean, where PyTorch gives NaN.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * const [q, v] = [tensor([[0, 0], [0, 0]]), tensor([[2], [4]])];
 * await ops.scaledDotProductAttention(q, q, v).array(); // => [[3], [3]]
 * await ops.scaledDotProductAttention(q, q, v, { isCausal: true }).array(); // => [[2], [3]]
 * ```
 */
export function scaledDotProductAttention(query: Tensor, key: Tensor, value: Tensor, options: AttentionOptions = {}): Tensor {
  return attend('scaledDotProductAttention', query, key, value, options).output;
}

/** @internal The output and the weights [..., L, S] that it was made with, dropout included. */
export function attend(where_: string, query: Tensor, key: Tensor, value: Tensor, options: AttentionOptions = {}): { readonly output: Tensor; readonly weights: Tensor } {
  checkOptions(where_, options, ['attnMask', 'isCausal', 'dropoutP', 'key', 'scale']);
  for (const [name, x] of [['query', query], ['key', key], ['value', value]] as const) {
    expectDType(where_, name, asTensor(where_, name, x), 'float32');
    if (x.rank < 2) fail('shape', `${where_}: \`${name}\` must be [..., length, size], received ${showShape(x.shape)}.`);
  }
  const [length = 0, size = 0] = query.shape.slice(-2);
  const [keys = 0, keySize = 0] = key.shape.slice(-2);
  if (keySize !== size || value.shape[value.rank - 2] !== keys) {
    fail('shape', `${where_}: expected query [..., L, E], key [..., S, E], value [..., S, Ev], received ${[query, key, value].map((x) => showShape(x.shape)).join(', ')}.`);
  }
  const isCausal = checkBoolean(where_, 'isCausal', options.isCausal ?? false);
  if (isCausal && options.attnMask) fail('option', `${where_}: expected a mask or \`isCausal\`, received both. Put the triangle into the mask.`);
  const scale = checkNumber(where_, 'scale', options.scale ?? 1 / Math.sqrt(size));
  const p = checkNumber(where_, 'dropoutP', options.dropoutP ?? 0, { min: 0, max: 1 });
  if (p > 0 && !options.key) fail('option', `${where_}: \`dropoutP\` of ${p} needs a \`key\`. Make one with \`random.key(seed)\`, or take \`ctx.key()\` in a module.`);
  const mask = isCausal ? lowerTriangle(query, length, keys) : options.attnMask;
  const scores = matmul(mul(query, scale), key, { transposeB: true });
  const weights = softmax(mask ? applyMask(where_, scores, mask) : scores);
  const dropped = p > 0 && options.key ? dropout(weights, p, options.key) : weights;
  return { output: matmul(dropped, value), weights: dropped };
}

/** @internal A mask that is true where attention is shut out, as one that is added; others as they are. */
export const masked = (mask: Tensor): Tensor => (mask.dtype === 'bool' ? where(mask, MASKED, 0) : mask);

function applyMask(where_: string, scores: Tensor, mask: Tensor): Tensor {
  expectDType(where_, 'attnMask', asTensor(where_, 'attnMask', mask), 'bool', 'float32');
  return mask.dtype === 'bool' ? where(mask, scores, MASKED) : add(scores, mask);
}

/** @internal bool [rows, columns]: true at and below the diagonal, where query i may look at key j. */
export function lowerTriangle(like: Tensor, rows: number, columns: number): Tensor {
  const data = new Uint8Array(rows * columns);
  for (let i = 0; i < rows; i++) data.fill(1, i * columns, i * columns + Math.min(i + 1, columns));
  return upload(like.executor, data, [rows, columns], 'bool');
}
