/** mixup: samples and their targets mixed in pairs, as functions. The draw is apart from its application. */
import { checkNumber, checkOptions, fail, type Inputs, isTensor, ops, random, type RngKey, type Target, type Tensor, tensor } from '@parsimony/core';
import { checkBatchAxis, mixSoft, softTarget } from './soft-target';

/** JSON, so that a batch can be replayed. */
export interface MixupDraw {
  /** Share of each sample itself, in [0, 1]. */
  readonly lambda: number;
  /** Sample i is mixed with sample permutation[i]. */
  readonly permutation: readonly number[];
}

/**
 * lambda from Beta(alpha, alpha), and a random pairing of `size` samples.
 *
 * @param alpha - Above 0: near 0 most draws are close to 0 or 1, at 1 they are uniform.
 * @throws option: `alpha` not above 0, or a size that is no whole number.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * import { drawMixup } from '@parsimony/augment';
 * const { lambda, permutation } = drawMixup(random.key(1), 4, 0.2);
 * lambda >= 0 && lambda <= 1; // => true
 * [...permutation].sort(); // => [0, 1, 2, 3]
 * ```
 */
export function drawMixup(key: RngKey, size: number, alpha: number): MixupDraw {
  checkNumber('drawMixup', 'alpha', alpha, { min: 0, minExclusive: true });
  return {
    lambda: random.beta(random.foldIn(key, 'lambda'), 1, alpha)[0] ?? 1,
    permutation: Array.from(random.permutation(random.foldIn(key, 'permutation'), size)),
  };
}

export interface Mixed { readonly inputs: Inputs; readonly target: Target }

/**
 * x_i = lambda x_i + (1 - lambda) x_permutation[i], and the same of the targets: labels become distributions, with ignored labels'
 * share of the loss gone, values are mixed as they are.
 *
 * @param inputs - [N, ...], float32; or several by name.
 * @param target - For N samples.
 * @throws dtype: inputs that are not float32. shape, range: a draw or targets that do not fit the inputs.
 * @see Zhang et al., "mixup: Beyond Empirical Risk Minimization", arXiv:1710.09412.
 * @example
 * ```ts
 * import { ready, type Tensor, tensor } from '@parsimony/core';
 * import { applyMixup } from '@parsimony/augment';
 * await ready();
 * const target = { kind: 'index', labels: tensor([0, 1], { dtype: 'int32' }), numClasses: 2 } as const;
 * const mixed = applyMixup(tensor([[0], [10]]), target, { lambda: 0.75, permutation: [1, 0] });
 * await (mixed.inputs as Tensor).array(); // => [[2.5], [7.5]]
 * mixed.target.kind === 'soft' && await mixed.target.probs.array(); // => [[0.75, 0.25], [0.25, 0.75]]
 * ```
 */
export function applyMixup(inputs: Inputs, target: Target, draw: MixupDraw): Mixed {
  const where = 'applyMixup';
  checkOptions(where, draw, ['lambda', 'permutation'], 'field');
  const lambda = checkNumber(where, 'lambda', draw.lambda, { min: 0, max: 1 });
  const size = draw.permutation.length;
  const others = tensor(Int32Array.from(draw.permutation), [size]);
  const paired = (x: Tensor): Tensor => ops.indexSelect(x, 0, others);
  const mix = (x: Tensor, name: string): Tensor => {
    if (x.dtype !== 'float32') fail('dtype', `${where}: ${name} must be float32 to be mixed, received ${x.dtype}. Mix what an embedding makes of whole numbers.`);
    if (x.shape[0] !== size) fail('shape', `${where}: the draw is for ${size} samples, ${name} has ${x.shape[0] ?? 'no batch axis'}.`);
    return ops.lerp(x, paired(x), 1 - lambda);
  };
  const mixed = isTensor(inputs)
    ? mix(inputs, 'the input')
    : Object.fromEntries(Object.entries(inputs).map(([name, x]) => [name, mix(x, `the input \`${name}\``)]));
  return { inputs: mixed, target: mixTarget(where, target, lambda, size, paired) };
}

function mixTarget(where: string, target: Target, lambda: number, size: number, paired: (x: Tensor) => Tensor): Target {
  if (target.kind === 'value') {
    checkBatchAxis(where, target.values, size);
    return { kind: 'value', values: ops.lerp(target.values, paired(target.values), 1 - lambda) };
  }
  const own = softTarget(where, target);
  checkBatchAxis(where, own.probs, size);
  const other = { probs: paired(own.probs), weights: own.weights && paired(own.weights) };
  const { probs, weights } = mixSoft(own, other, lambda);
  return { kind: 'soft', probs, ...(weights && { weights }) };
}
