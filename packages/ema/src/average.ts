/** The average itself: weights moved a little towards other weights. */
import { checkChoice, checkNumber, checkOptions, checkTensor, checkTensors, detach, fail, globMatch, noGrad, ops, type Params, scope, type Scalar, show, showShape, type Tensor, type Weights } from '@parsimony/core';

/** What becomes of a float buffer: averaged like a parameter, or taken over as it is. */
export type BufferRule = 'average' | 'copy';
/** One rule for all float buffers, or by glob over their paths; the first that matches counts, and none means 'average'. */
export type BufferRules = BufferRule | Readonly<Record<string, BufferRule>>;

/** @internal */
export function checkBuffers(where: string, rules: unknown): BufferRules {
  const choices = ['average', 'copy'] as const;
  if (typeof rules === 'string') return checkChoice(where, 'buffers', rules, choices);
  if (rules === null || typeof rules !== 'object' || Array.isArray(rules)) {
    fail('option', `${where}: \`buffers\` must be 'average', 'copy', or an object from globs over buffer paths to these, received ${show(rules)}.`);
  }
  for (const [glob, rule] of Object.entries(rules)) checkChoice(where, `buffers['${glob}']`, rule, choices);
  return rules as BufferRules;
}

export interface UpdateAverageOptions {
  /** Share of the average that is kept, in [0, 1]. */
  readonly decay: number;
  /** Of float buffers; int32 and bool ones are always copied. Default 'average'. */
  readonly buffers?: BufferRules;
  /** One element: 0 leaves the average as it is. Default 1. */
  readonly gate?: Scalar;
}

/**
 * average = decay average + (1 - decay) weights, for parameters and float buffers; buffers of whole numbers are copied.
 * Consumes the average's tensors: use what is returned.
 *
 * @throws option: an unknown option or one out of range. state: a weight that the average lacks. shape: one of another shape. Before anything is consumed.
 * @see Polyak and Juditsky, "Acceleration of stochastic approximation by averaging" (1992); PyTorch's `AveragedModel`.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { updateAverage } from '@parsimony/ema';
 * await ready();
 * const average = { params: { w: tensor([1]) }, buffers: {} };
 * const next = updateAverage(average, { params: { w: tensor([2]) }, buffers: {} }, { decay: 0.9 });
 * await next.params.w?.array(); // => [1.1]
 * ```
 */
export function updateAverage(average: Weights, weights: Weights, options: UpdateAverageOptions): Weights {
  checkOptions('updateAverage', options, ['decay', 'buffers', 'gate']);
  const decay = checkNumber('updateAverage', 'decay', options.decay, { min: 0, max: 1 });
  const { buffers = 'average' } = options;
  const rules = checkBuffers('updateAverage', buffers);
  // Everything is checked before anything is consumed, so that an error leaves the average as it was.
  if (options.gate !== undefined) checkTensor('updateAverage', 'gate', options.gate);
  checkWeights(average, weights);
  const move = (from: Params, to: Params, averaged: (path: string, x: Tensor) => boolean): Params => Object.fromEntries(
    Object.entries(to).map(([path, value]) => {
      const old = from[path] as Tensor;
      if (averaged(path, value)) return [path, ops.averageStep(old, value, 1 - decay, options.gate)];
      old.dispose();
      return [path, detach(value)];
    }));
  return scope(() => noGrad(() => ({
    params: move(average.params, weights.params, () => true),
    buffers: move(average.buffers, weights.buffers, (path, x) => x.dtype === 'float32' && ruleOf(rules, path) === 'average'),
  })));
}

function checkWeights(average: Weights, weights: Weights): void {
  for (const [name, given] of [['average', average], ['weights', weights]] as const) {
    for (const part of ['params', 'buffers'] as const) checkTensors('updateAverage', `${name}.${part}`, (given as Weights | null | undefined)?.[part] as Params);
  }
  for (const part of ['params', 'buffers'] as const) {
    for (const [path, { shape }] of Object.entries(weights[part])) {
      const old = average[part][path] ?? fail('state', `updateAverage: the average has no \`${path}\`; it has: ${Object.keys(average[part]).join(', ') || 'none'}.`);
      if (old.shape.join() !== shape.join()) fail('shape', `updateAverage: \`${path}\` must have the shape ${showShape(old.shape)} of the average, received ${showShape(shape)}.`);
    }
  }
}

function ruleOf(rules: BufferRules, path: string): BufferRule {
  if (typeof rules === 'string') return rules;
  return Object.entries(rules).find(([glob]) => globMatch(glob, path))?.[1] ?? 'average';
}
