/** Which parameters are decayed, by how much, and why the others are not. */
import { checkNumber, checkOptions, fail, globMatch, type Params, schedules, type Schedule, type Shape, show, strength } from '@parsimony/core';

export interface WeightDecayOptions {
  /** Share of a weight that a step with learning rate 1 takes off, 0 or more: a number or a schedule of the step. Default 0.01. */
  readonly decay?: Schedule;
  /** Globs over parameter paths that are not decayed: `['embed.**']`. Default none. */
  readonly exclude?: readonly string[];
  /** Globs over parameter paths that are decayed though one-dimensional or biases: `['**']` for all. Default none. */
  readonly include?: readonly string[];
  /** Factors on the decay, 0 or more, by glob; the first that matches counts: `{ 'layers.0.**': 0.5 }`. Default none. */
  readonly factors?: Readonly<Record<string, number>>;
}

/** What one parameter gets. */
export interface DecayRule {
  readonly path: string;
  /** 0 where the parameter is excluded. */
  readonly decay: Schedule;
  /** In words. */
  readonly reason: string;
}

/** The options with their defaults, checked. */
export type CheckedOptions = Required<WeightDecayOptions>;

/** @internal */
export function checkDecayOptions(where: string, options: WeightDecayOptions, more: readonly string[] = []): CheckedOptions {
  checkOptions(where, options, ['decay', 'exclude', 'include', 'factors', ...more]);
  const { exclude = [], include = [], factors = {} } = options;
  for (const [name, globs] of [['exclude', exclude], ['include', include]] as const) {
    if (!Array.isArray(globs) || globs.some((glob) => typeof glob !== 'string' || glob === '')) {
      fail('option', `${where}: \`${name}\` must be a list of globs over parameter paths, such as ['**.bias'], received ${show(globs)}.`);
    }
  }
  if (factors === null || typeof factors !== 'object' || Array.isArray(factors)) {
    fail('option', `${where}: \`factors\` must be an object from globs over parameter paths to numbers, received ${show(factors)}.`);
  }
  for (const [glob, factor] of Object.entries(factors)) checkNumber(where, `factors['${glob}']`, factor, { min: 0 });
  return { decay: strength(where, 'decay', options.decay ?? 0.01, { min: 0 }).schedule, exclude, include, factors };
}

/** `bias`, `bias_ih_l0`, `in_proj_bias`. */
const isBias = (path: string): boolean => /^bias(_|$)|(^|_)bias$/.test(path.slice(path.lastIndexOf('.') + 1));

/** @internal What to say where a glob of the options matches no path: most likely it is misspelt. */
export function unmatchedGlobs(paths: readonly string[], { exclude, include, factors }: CheckedOptions): string | undefined {
  const wrong = [...exclude, ...include, ...Object.keys(factors)].filter((glob) => !paths.some((path) => globMatch(glob, path)));
  return wrong.length === 0 ? undefined
    : `${wrong.map((glob) => `'${glob}'`).join(', ')} matches no parameter; the model has: ${paths.join(', ') || 'none'}.`;
}

/**
 * The rule of every parameter. In this order: a path that `exclude` matches is not decayed, one that `include` matches is, biases and
 * one-dimensional parameters (those of norms) are not, the rest is.
 *
 * @param parameters - Shapes by path (`model.parameterShapes()`), or the parameters themselves.
 * @throws option: one out of range, or a glob that matches no parameter.
 * @example
 * ```ts
 * import { nn } from '@parsimony/core';
 * import { decayRules } from '@parsimony/weight-decay';
 * const rules = decayRules(new nn.Linear(4, 2).parameterShapes(), { decay: 0.1 });
 * rules; // => [{ path: 'weight', decay: 0.1, reason: 'decayed' }, { path: 'bias', decay: 0, reason: 'a bias' }]
 * ```
 */
export function decayRules(parameters: Params | Readonly<Record<string, Shape>>, options: WeightDecayOptions = {}): DecayRule[] {
  const checked = checkDecayOptions('decayRules', options);
  const { decay, exclude, include, factors } = checked;
  const unmatched = unmatchedGlobs(Object.keys(parameters), checked);
  if (unmatched !== undefined) fail('option', `decayRules: ${unmatched}`);
  return Object.entries(parameters).map(([path, value]): DecayRule => {
    const rank = 'rank' in value ? value.rank : value.length;
    const excluded = exclude.find((glob) => globMatch(glob, path));
    if (excluded !== undefined) return { path, decay: 0, reason: `excluded by '${excluded}'` };
    const included = include.find((glob) => globMatch(glob, path));
    if (included === undefined && isBias(path)) return { path, decay: 0, reason: 'a bias' };
    if (included === undefined && rank <= 1) return { path, decay: 0, reason: 'one-dimensional' };
    const [glob, factor] = Object.entries(factors).find(([pattern]) => globMatch(pattern, path)) ?? ['', 1];
    const reason = `${included === undefined ? 'decayed' : `included by '${included}'`}${factor === 1 ? '' : `, times ${factor} by '${glob}'`}`;
    return { path, decay: scaled(decay, factor), reason };
  });
}

function scaled(decay: Schedule, factor: number): Schedule {
  if (factor === 1) return decay;
  return typeof decay === 'number' ? decay * factor : schedules.scale({ value: decay, factor });
}
