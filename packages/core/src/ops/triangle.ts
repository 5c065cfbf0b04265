/** Triangles of matrices. */
import { fail } from '../errors';
import { checkNumber, checkOptions } from '../options';
import { showShape } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { arangeLike } from './arange-like';
import { asTensor, cast } from './convert';
import { greaterEqual } from './greater-equal';
import { lessEqual } from './less-equal';
import { logicalAnd } from './logical-and';
import { reshape } from './reshape';
import { sub } from './sub';
import { where } from './where';

export interface TriangleOptions {
  /** 0: the main diagonal; above 0: further right. Default 0. */
  readonly diagonal?: number;
}

export function triangle(op: 'triu' | 'tril', x: Tensor, options: TriangleOptions): Tensor {
  checkOptions(op, options, ['diagonal']);
  const diagonal = checkNumber(op, 'diagonal', options.diagonal ?? 0, { integer: true });
  if (asTensor(op, 'x', x).rank < 2) fail('shape', `${op}: \`x\` must be [..., M, N], received shape ${showShape(x.shape)}.`);
  const [m = 0, n = 0] = x.shape.slice(-2);
  const right = sub(arangeLike(x, n), reshape(arangeLike(x, m), [m, 1]));
  const inside = op === 'triu' ? greaterEqual(right, diagonal) : lessEqual(right, diagonal);
  return x.dtype === 'bool' ? logicalAnd(x, inside) : cast(where(inside, x, 0), x.dtype);
}
