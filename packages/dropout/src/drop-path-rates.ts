/** Rates of DropPath, StochasticDepth and ShakeDrop along a model's depth. */
import { checkChoice, checkNumber, checkOptions, fail, globMatch, nn, type Schedule, schedules, show, strength } from '@parsimony/core';
import { DropModule, probability } from './drop-layer';
import { checkPatterns } from './patterns';

/** `linspace`: from 0 at the first block, as transformers have it. `paper`: from max / depth, as stochastic depth was published. */
export type RateRule = 'linspace' | 'paper';

/** Share of the last block's rate that block l of `depth` gets. */
const share = (l: number, depth: number, rule: RateRule): number =>
  (rule === 'paper' ? (l + 1) / depth : depth === 1 ? 0 : l / (depth - 1));

/**
 * Rates for `depth` blocks from first to last: p_l = max l / (depth - 1), l = 0 … depth - 1. One block gets 0.
 *
 * @param depth - Number of blocks, 1 or more.
 * @param max - Rate of the last block, in [0, 1].
 * @throws option: another depth or rate.
 * @see Huang et al., arXiv:1603.09382, section 3, whose rates begin at max / depth: `setDropPathRates` has both.
 * @example
 * ```ts
 * import { dropPathRates } from '@parsimony/dropout';
 * dropPathRates(5, 0.2); // => [0, 0.05, 0.1, 0.15, 0.2]
 * ```
 */
export function dropPathRates(depth: number, max: number): number[] {
  checkNumber('dropPathRates', 'depth', depth, { min: 1, integer: true });
  checkNumber('dropPathRates', 'max', max, probability);
  return Array.from({ length: depth }, (_, l) => (depth === 1 ? 0 : (max * l) / (depth - 1)));
}

export interface SetDropPathRatesOptions {
  /** Globs of the paths of the blocks, where a block has several such layers, which then share a rate. Default: each layer is one. */
  readonly blocks?: string | readonly string[];
  /** Default 'linspace'. */
  readonly rule?: RateRule;
}

/**
 * Sets the rates of every `DropPath`, `StochasticDepth` and `ShakeDrop` of a model, in the order of its modules: p_l = max l / (depth -
 * 1), or with `rule: 'paper'` max (l + 1) / depth, for l = 0 … depth - 1. A model may have them at any rate before. Returns the rates by path.
 *
 * @param max - Rate of the last block, in [0, 1]: a number or a schedule of the step.
 * @throws option: `max` outside [0, 1], a model without such layers, a glob that names no module, a layer in none of the blocks, or an
 * unknown option.
 * @see Huang et al., arXiv:1603.09382, section 3.
 * @example
 * ```ts
 * import { nn } from '@parsimony/core';
 * import { DropPath, setDropPathRates } from '@parsimony/dropout';
 * const block = () => new nn.Residual(new nn.Sequential(new nn.Linear(4, 4), new DropPath({ p: 0 })));
 * setDropPathRates(new nn.Sequential(block(), block(), block()), 0.2); // => { '0.body.1': 0, '1.body.1': 0.1, '2.body.1': 0.2 }
 * ```
 */
export function setDropPathRates(model: nn.Module<never, unknown>, max: Schedule, options: SetDropPathRatesOptions = {}): Record<string, Schedule> {
  const where = 'setDropPathRates';
  if (!nn.isModule(model)) fail('option', `${where}: the first argument must be a module, received ${show(model)}.`);
  checkOptions(where, options, ['blocks', 'rule']);
  const { rule = 'linspace' } = options;
  checkChoice(where, 'rule', rule, ['linspace', 'paper']);
  strength(where, 'max', max, probability);
  const modules = model.namedModules();
  const layers = modules.flatMap(([path, module]) => (module instanceof DropModule && module.traits.drops?.unit === 'path' ? [[path, module] as const] : []));
  if (layers.length === 0) fail('option', `${where}: the model has no DropPath, StochasticDepth or ShakeDrop layer.`);
  const blocks = options.blocks === undefined ? layers.map(([path]) => path) : matchBlocks(where, modules.flatMap(([path]) => (path === '' ? [] : [path])), options.blocks);
  const out: Record<string, Schedule> = {};
  for (const [path, layer] of layers) {
    const l = blocks.findIndex((block) => path === block || path.startsWith(`${block}.`));
    if (l < 0) fail('option', `${where}: the layer at \`${path}\` is in none of the blocks ${blocks.join(', ')}.`);
    layer.p = scaled(max, share(l, blocks.length, rule));
    out[path] = layer.p;
  }
  return out;
}

const scaled = (value: Schedule, factor: number): Schedule =>
  (typeof value === 'number' ? value * factor : factor === 0 ? 0 : factor === 1 ? value : schedules.scale({ value, factor }));

function matchBlocks(where: string, paths: readonly string[], blocks: unknown): string[] {
  const patterns = checkPatterns(where, 'blocks', blocks, 'module paths');
  for (const pattern of patterns) {
    if (!paths.some((path) => globMatch(pattern, path))) fail('option', `${where}: no module matches ${show(pattern)}; there are: ${paths.join(', ')}.`);
  }
  return paths.filter((path) => patterns.some((pattern) => globMatch(pattern, path)));
}
