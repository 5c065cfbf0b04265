/** Which parameters a technique acts on, with what factor, and why it leaves the others alone. */
import { checkNumber, fail, type Finding, globMatch, isTensor, type ParamGroup, type Params, type PluginKey, type Schedule, type Shape, show, type Tensor } from '@parsimony/core';

export interface SelectionOptions {
  /** Globs over parameter paths that are left alone: `['embed.**']`. Default none. */
  readonly exclude?: readonly string[];
  /** Globs over parameter paths that count though one-dimensional or biases: `['**']` for all. Default none. */
  readonly include?: readonly string[];
}

export interface FactorOptions extends SelectionOptions {
  /** Factors on the strength, 0 or more, by glob; the first that matches counts: `{ 'layers.0.**': 0.5 }`. Default none. */
  readonly factors?: Readonly<Record<string, number>>;
}

/** The options with their defaults, checked. */
export type Selection = Required<FactorOptions>;

/** Parameters by path, or their shapes (`model.parameterShapes()`). */
export type Parameters = Params | Readonly<Record<string, Shape>>;

/** What becomes of one parameter. */
export interface Selected {
  readonly path: string;
  /** 0 where it is left alone. */
  readonly factor: number;
  /** In words. */
  readonly reason: string;
}

/** @internal */
export function checkSelection(where: string, options: FactorOptions): Selection {
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
  return { exclude, include, factors };
}

/** `bias`, `bias_ih_l0`, `in_proj_bias`. */
const isBias = (path: string): boolean => /^bias(_|$)|(^|_)bias$/.test(path.slice(path.lastIndexOf('.') + 1));

/** What to say where a glob of the options matches no path: most likely it is misspelt. */
function unmatchedGlobs(paths: readonly string[], { exclude, include, factors }: Selection): string | undefined {
  const wrong = [...exclude, ...include, ...Object.keys(factors)].filter((glob) => !paths.some((path) => globMatch(glob, path)));
  return wrong.length === 0 ? undefined
    : `${wrong.map((glob) => `'${glob}'`).join(', ')} matches no parameter; the model has: ${paths.join(', ') || 'none'}.`;
}

function checkParameters(where: string, parameters: unknown): void {
  const known = (value: unknown): boolean => isTensor(value) || (Array.isArray(value) && value.every((size) => Number.isInteger(size) && size >= 0));
  const wrong = parameters === null || typeof parameters !== 'object' || Array.isArray(parameters) || isTensor(parameters) ? parameters : Object.values(parameters).find((value) => !known(value));
  if (wrong !== undefined || parameters === undefined) fail('dtype', `${where}: expected tensors by path, or their shapes (\`model.parameterShapes()\`), received ${show(wrong)}.`);
}

/** @internal Number of axes of a parameter or of a shape. */
export const rankOf = (value: Parameters[string]): number => ('rank' in value ? value.rank : value.length);

/**
 * In this order: a path that `exclude` matches is left alone, one that `include` matches is not, biases and one-dimensional
 * parameters (those of norms) are, the rest is not. `verb`: what is done, as 'decayed'.
 *
 * @internal
 * @throws option: a glob that matches no parameter.
 */
export function select(where: string, parameters: Parameters, selection: Selection, verb: string): Selected[] {
  checkParameters(where, parameters);
  const unmatched = unmatchedGlobs(Object.keys(parameters), selection);
  if (unmatched !== undefined) fail('option', `${where}: ${unmatched}`);
  const { exclude, include, factors } = selection;
  return Object.entries(parameters).map(([path, value]): Selected => {
    const excluded = exclude.find((glob) => globMatch(glob, path));
    if (excluded !== undefined) return { path, factor: 0, reason: `excluded by '${excluded}'` };
    const included = include.find((glob) => globMatch(glob, path));
    if (included === undefined && isBias(path)) return { path, factor: 0, reason: 'a bias' };
    if (included === undefined && rankOf(value) <= 1) return { path, factor: 0, reason: 'one-dimensional' };
    const [glob, factor] = Object.entries(factors).find(([pattern]) => globMatch(pattern, path)) ?? ['', 1];
    return { path, factor, reason: `${included === undefined ? verb : `included by '${included}'`}${factor === 1 ? '' : `, times ${factor} by '${glob}'`}` };
  });
}

/** @internal Parameters, or anything by their paths, with those of a factor above 0 replaced. */
export function changeSelected<P extends Params>(values: P, selected: readonly Selected[], by: (value: Tensor, factor: number, path: string) => Tensor): P {
  const out: Record<string, Tensor> = { ...values };
  for (const { path, factor } of selected) {
    const value = values[path];
    if (value && factor > 0) out[path] = by(value, factor, path);
  }
  return out as P;
}

/** @internal What a plan refuses of a selection: globs that match nothing. */
export function selectionFindings(technique: string, key: PluginKey, shapes: Readonly<Record<string, Shape>>, selection: Selection): Finding[] {
  const unmatched = unmatchedGlobs(Object.keys(shapes), selection);
  return unmatched === undefined ? [] : [{
    severity: 'error', code: `${key.slice(key.lastIndexOf('/') + 1)}-glob`, plugins: [key], message: `${technique}: ${unmatched}`,
    hint: '`*` stands for anything within a segment of a path, `**` for any run of segments.',
  }];
}

/** @internal What `explain` says beside each parameter: what is done with it, with these strengths by their names; or why it is left alone. */
export const selectionGroups = (selected: readonly Selected[], strengths: Readonly<Record<string, Schedule>> = {}): ParamGroup[] =>
  selected.map(({ path, factor, reason }) => ({
    match: path, reason: [reason, ...(factor > 0 ? Object.entries(strengths).map(([name, value]) => `${name} ${typeof value === 'number' ? Number((value * factor).toPrecision(6)) : 'scheduled'}`) : [])].join(', '),
  }));
