/** mixup: samples and their targets mixed in pairs, as functions. The draw is apart from its application. */
import { checkNumber, checkOptions, fail, type Inputs, isTensor, ops, type RngKey, type Target, type Tensor, tensor } from '@parsimony/core';
import { mixTargets, type MixTargetOptions, type Part } from './mix-targets';
import { drawLambdas, drawMixes, drawPairing, type MixMode, partners } from './pairing';

/** JSON, so that a batch can be replayed. */
export interface MixupDraw {
  /** Share of each sample itself, in [0, 1]: one for all, or one a sample. */
  readonly lambda: number | readonly number[];
  /** Sample i is mixed with sample permutation[i]. */
  readonly permutation: readonly number[];
}

export interface DrawMixupOptions {
  /** Above 0: near 0 most draws are close to 0 or 1, at 1 they are uniform. */
  readonly alpha: number;
  /** That something is mixed at all, in [0, 1]; otherwise lambda is 1. Default 1. */
  readonly prob?: number;
  /** For whom lambda is drawn. Default `'batch'`. */
  readonly mode?: MixMode;
}

/**
 * lambda from Beta(alpha, alpha), and a random pairing of `size` samples.
 *
 * @throws option: an unknown option or one out of range, or a size that is no whole number.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * import { drawMixup } from '@parsimony/augment';
 * const { lambda, permutation } = drawMixup(random.key(1), 4, { alpha: 0.2 });
 * Number(lambda) >= 0 && Number(lambda) <= 1; // => true
 * [...permutation].sort(); // => [0, 1, 2, 3]
 * drawMixup(random.key(1), 4, { alpha: 0.2, prob: 0, mode: 'element' }).lambda; // => [1, 1, 1, 1]
 * ```
 */
export function drawMixup(key: RngKey, size: number, options: DrawMixupOptions): MixupDraw {
  const where = 'drawMixup';
  checkOptions(where, options, ['alpha', 'prob', 'mode']);
  const { permutation, draws, spread } = drawPairing(where, key, size, options.mode);
  const lambdas = drawLambdas(where, key, drawMixes(where, key, draws, options.prob), options.alpha);
  const one = (options.mode ?? 'batch') === 'batch';
  return { lambda: one ? lambdas[0] ?? 1 : spread(lambdas), permutation };
}

export interface Mixed { readonly inputs: Inputs; readonly target: Target }

/**
 * x_i = lambda x_i + (1 - lambda) x_permutation[i], and the same of the targets: labels become distributions, with ignored labels'
 * share of the loss gone, values are mixed as they are.
 *
 * @param inputs - [N, ...], float32; or several by name.
 * @param target - For N samples.
 * @throws dtype: inputs that are not float32. shape, range: a draw or targets that do not fit the inputs. option: an unknown option or one out of range.
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
export function applyMixup(inputs: Inputs, target: Target, draw: MixupDraw, options: MixTargetOptions = {}): Mixed {
  const where = 'applyMixup';
  return { inputs: mixInputs(where, inputs, draw), target: mixTargets(where, target, draw.permutation.length, mixupParts(draw), options) };
}

/** The inputs of `applyMixup`. */
export function mixInputs(where: string, inputs: Inputs, draw: MixupDraw): Inputs {
  checkOptions(where, draw, ['lambda', 'permutation'], 'field');
  const { size, take } = partners(where, draw.permutation);
  const lambda = checkLambda(where, draw.lambda, size);
  const mix = (x: Tensor, name: string): Tensor => {
    if (x.dtype !== 'float32') fail('dtype', `${where}: ${name} must be float32 to be mixed, received ${x.dtype}. Mix what an embedding makes of whole numbers.`);
    if (x.shape[0] !== size) fail('shape', `${where}: the draw is for ${size} samples, ${name} has ${x.shape[0] ?? 'no batch axis'}.`);
    return ops.lerp(x, take(x), typeof lambda === 'number' ? 1 - lambda : tensor(Float32Array.from(lambda, (own) => 1 - own), [size, ...x.shape.slice(1).map(() => 1)]));
  };
  return isTensor(inputs) ? mix(inputs, 'the input') : Object.fromEntries(Object.entries(inputs).map(([name, x]) => [name, mix(x, `the input \`${name}\``)]));
}

/** A sample's own share, and its partner's. */
export function mixupParts({ lambda, permutation }: MixupDraw): readonly Part[] {
  return [{ share: lambda }, { of: permutation, share: typeof lambda === 'number' ? 1 - lambda : lambda.map((own) => 1 - own) }];
}

function checkLambda(where: string, lambda: number | readonly number[], size: number): number | readonly number[] {
  if (!Array.isArray(lambda)) return checkNumber(where, 'lambda', lambda, { min: 0, max: 1 });
  if (lambda.length !== size) fail('shape', `${where}: \`lambda\` must be one number, or one for each of ${size} samples, received ${lambda.length}.`);
  lambda.forEach((own: unknown, i) => checkNumber(where, `lambda[${i}]`, own, { min: 0, max: 1 }));
  return lambda as readonly number[];
}
