/** The affine map of a dense layer, in one pass. */
import { fail } from '../errors';
import { showShape, sizeOf } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { asTensor, expectDType } from './convert';
import { dispatchOne } from './dispatch';
import { reshape } from './reshape';

/**
 * y = x W^T + b.
 *
 * @param x - [..., K], float32.
 * @param weight - W: [N, K].
 * @param bias - b: [N]; omitted: none.
 * @returns [..., N].
 * @throws shape: sizes that do not agree.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.linear(tensor([[1, 2]]), tensor([[3, 4], [5, 6]]), tensor([0, 100])).array(); // => [[11, 117]]
 * ```
 */
export function linear(x: Tensor, weight: Tensor, bias?: Tensor | null): Tensor {
  expectDType('linear', 'x', asTensor('linear', 'x', x), 'float32');
  expectDType('linear', 'weight', asTensor('linear', 'weight', weight), 'float32');
  const [n = 0, k = 0] = weight.shape;
  if (weight.rank !== 2) fail('shape', `linear: \`weight\` must be [out, in], received ${showShape(weight.shape)}.`);
  if (x.rank === 0 || x.shape[x.rank - 1] !== k) {
    fail('shape', `linear: \`x\` must be [..., ${k}] for a weight of ${showShape(weight.shape)}, received ${showShape(x.shape)}.${sizeOf(x.shape.slice(1)) === k ? ' Flatten it first: `nn.Flatten`.' : ''}`);
  }
  if (bias) {
    expectDType('linear', 'bias', asTensor('linear', 'bias', bias), 'float32');
    if (bias.rank !== 1 || bias.size !== n) fail('shape', `linear: \`bias\` must be [${n}] for a weight of ${showShape(weight.shape)}, received ${showShape(bias.shape)}.`);
  }
  const lead = x.shape.slice(0, -1);
  const rows = x.rank === 2 ? x : reshape(x, [sizeOf(lead), k]);
  const y = dispatchOne('linear', bias ? [rows, weight, bias] : [rows, weight], [sizeOf(lead), n], 'float32');
  return x.rank === 2 ? y : reshape(y, [...lead, n]);
}
