/** Matrix products. */
import { fail } from '../errors';
import { checkBoolean, checkOptions } from '../options';
import { broadcastShapes, sameShape, type Shape, showShape, sizeOf } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { asTensor, expectDType } from './convert';
import { dispatchOne } from './dispatch';
import { reshape } from './reshape';

export interface MatmulOptions {
  /** Read `a` as [..., K, M]. Default false. */
  readonly transposeA?: boolean;
  /** Read `b` as [..., N, K]. Default false. */
  readonly transposeB?: boolean;
}

/**
 * The matrix product a b, with PyTorch's meaning for every rank.
 *
 * y[..., m, n] = sum_k a[..., m, k] b[..., k, n]. A vector `a` counts as [1, K], a vector `b` as [K, 1], and that axis is
 * taken away again. Axes before the last two are a batch and broadcast. Transposing is free: nothing is copied.
 *
 * @param a - [K] or [..., M, K]; [..., K, M] with `transposeA`. float32.
 * @param b - [K] or [..., K, N]; [..., N, K] with `transposeB`. float32.
 * @throws shape: an operand without axes, inner sizes that differ, batch axes that do not broadcast; option: a vector transposed.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * const a = tensor([[1, 2], [3, 4]]);
 * await ops.matmul(a, tensor([10, 1])).array(); // => [12, 34]
 * await ops.matmul(a, a, { transposeB: true }).array(); // => [[5, 11], [11, 25]]
 * ```
 */
export function matmul(a: Tensor, b: Tensor, options: MatmulOptions = {}): Tensor {
  checkOptions('matmul', options, ['transposeA', 'transposeB']);
  const { transposeA = false, transposeB = false } = options;
  checkBoolean('matmul', 'transposeA', transposeA);
  checkBoolean('matmul', 'transposeB', transposeB);
  for (const [name, x, transposed] of [['a', a, transposeA], ['b', b, transposeB]] as const) {
    expectDType('matmul', name, asTensor('matmul', name, x), 'float32');
    if (x.rank === 0) fail('shape', `matmul: \`${name}\` must have at least one axis, received a shape of []. Use \`ops.mul\` for products with a single number.`);
    if (x.rank === 1 && transposed) fail('option', `matmul: \`${name}\` is a vector of shape ${showShape(x.shape)}, which has nothing to transpose. Leave the option out.`);
  }
  const left = a.rank === 1 ? reshape(a, [1, a.size]) : a;
  const right = b.rank === 1 ? reshape(b, [b.size, 1]) : b;
  const [m, ka] = lastTwo(left.shape, transposeA);
  const [kb, n] = lastTwo(right.shape, transposeB);
  if (ka !== kb) {
    fail('shape', `matmul: inner sizes must agree, received ${showShape(a.shape)}${transposeA ? ' transposed' : ''} times ${showShape(b.shape)}${transposeB ? ' transposed' : ''}: ${ka} and ${kb}. Transpose one with \`transposeA\` or \`transposeB\`, or check the order.`);
  }
  const batch = broadcastShapes('matmul', left.shape.slice(0, -2), right.shape.slice(0, -2));
  // One large product instead of a batch of small ones that share `b`.
  const folds = !transposeA && left.rank > 2 && right.rank === 2;
  const rows = sizeOf(batch) * m;
  const y = folds
    ? dispatchOne('matmul', [reshape(left, [rows, ka]), right], [rows, n], 'float32', { attrs: { transposeA, transposeB } })
    : dispatchOne('matmul', [left, right], [...batch, m, n], 'float32', { attrs: { transposeA, transposeB } });
  const final = [...batch, ...(a.rank === 1 ? [] : [m]), ...(b.rank === 1 ? [] : [n])];
  return sameShape(y.shape, final) ? y : reshape(y, final);
}

function lastTwo(shape: Shape, transposed: boolean): [number, number] {
  const [rows, columns] = [shape[shape.length - 2] ?? 0, shape[shape.length - 1] ?? 0];
  return transposed ? [columns, rows] : [rows, columns];
}
