/** The nearest matrix with orthonormal rows or columns, about, by products alone. */
import { noGrad } from '../autograd/tape';
import { fail, show } from '../errors';
import { checkNumber, checkOptions } from '../options';
import { add } from '../ops/add';
import { asTensor, expectDType } from '../ops/convert';
import { div } from '../ops/div';
import { matmul } from '../ops/matmul';
import { maximum } from '../ops/maximum';
import { mul } from '../ops/mul';
import { norm } from '../ops/norm';
import { scope } from '../tensor/scope';
import { showShape } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';

export interface NewtonSchulzOptions {
  /** Iterations, 1 to 99. Default 5. */
  readonly steps?: number;
  /** a, b and c of the polynomial. Default [3.4445, -4.775, 2.0315]: fast, and only about orthonormal. */
  readonly coefficients?: readonly [number, number, number];
  /** Smallest norm that x is divided by, above 0. Default 1e-7. */
  readonly eps?: number;
}

/** @internal */
export function checkNewtonSchulz(where: string, { steps = 5, coefficients = [3.4445, -4.775, 2.0315], eps = 1e-7 }: NewtonSchulzOptions): Required<NewtonSchulzOptions> {
  const given: unknown = coefficients;
  if (!Array.isArray(given) || given.length !== 3) fail('option', `${where}: \`coefficients\` must be three numbers, such as [3.4445, -4.775, 2.0315], received ${show(given)}.`);
  given.forEach((value: unknown, i: number) => checkNumber(where, `coefficients[${i}]`, value));
  return {
    steps: checkNumber(where, 'steps', steps, { min: 1, max: 99, integer: true }),
    coefficients: given as [number, number, number],
    eps: checkNumber(where, 'eps', eps, { min: 0, minExclusive: true }),
  };
}

/**
 * U V^T of a matrix U S V^T, about: X = x / ||x||, then X = a X + (b X X^T + c (X X^T)^2) X for some steps. With the default
 * coefficients singular values end between about 0.7 and 1.2, save those that began near 0. In float32. Records no gradient.
 *
 * @param x - [M, N]; float32.
 * @throws option: an unknown option or one out of range. shape: no matrix. dtype: not float32.
 * @see Jordan et al., "Muon: an optimizer for hidden layers in neural networks" (2024); PyTorch's `torch.optim.Muon`, which
 * iterates in bfloat16.
 * @example
 * ```ts
 * import { ops, optim, ready, tensor } from '@parsimony/core';
 * await ready();
 * const o = optim.newtonSchulz(tensor([[3, 0], [0, 4]]), { coefficients: [1.5, -0.5, 0], steps: 20 });
 * await o.array(); // => [[1, 0], [0, 1]]
 * ```
 */
export function newtonSchulz(x: Tensor, options: NewtonSchulzOptions = {}): Tensor {
  checkOptions('newtonSchulz', options, ['steps', 'coefficients', 'eps']);
  const checked = checkNewtonSchulz('newtonSchulz', options);
  expectDType('newtonSchulz', 'x', asTensor('newtonSchulz', 'x', x), 'float32');
  if (x.rank !== 2) fail('shape', `newtonSchulz: \`x\` must be a matrix [M, N], received ${showShape(x.shape)}.`);
  return orthogonalize(x, checked);
}

/** @internal */
export function orthogonalize(x: Tensor, { steps, coefficients: [a, b, c], eps }: Required<NewtonSchulzOptions>): Tensor {
  const [rows = 0, columns = 0] = x.shape;
  // The product of the short sides; for a tall matrix the same steps on its transpose, written the other way round.
  const tall = rows > columns;
  return scope(() => noGrad(() => {
    let y = div(x, maximum(norm(x), eps));
    for (let i = 0; i < steps; i++) {
      const before = y;
      y = scope(() => {
        const gram = tall ? matmul(before, before, { transposeA: true }) : matmul(before, before, { transposeB: true });
        const factor = add(mul(gram, b), mul(matmul(gram, gram), c));
        return add(mul(before, a), tall ? matmul(before, factor) : matmul(factor, before));
      });
      before.dispose();
    }
    return y;
  }));
}
