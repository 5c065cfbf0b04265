/** Other norms in a model that is there already: parameters, and buffers where both have them, stay. */
import { checkChoice, fail, globMatch, nn, type Params, random, show } from '@parsimony/core';
import { BatchNorm1d, BatchNorm2d, BatchNorm3d, BatchNormModule, type BatchNormOptions } from './batch-norm-modules';
import { GhostBatchNorm, type GhostBatchNormOptions } from './ghost-batch-norm';
import { GroupNorm, type GroupNormOptions } from './group-norm';
import { InstanceNorm1d, InstanceNorm2d, InstanceNorm3d, InstanceNormModule, type InstanceNormOptions } from './instance-norm-modules';
import { replaceModules } from './replace-modules';
import { SyncBatchNorm } from './sync-batch-norm';

/** Norms of [N, C, ...] with a weight and a bias for each channel. */
export type ChannelNorm = BatchNormModule | InstanceNormModule | GroupNorm;

/** What to make of a norm. Options that are left out are those of the norm that was there, where it had them. */
export type NormRule =
  | 'batch' | 'frozen' | 'ghost' | 'group' | 'instance' | 'sync'
  | ({ readonly to: 'batch' | 'sync' } & BatchNormOptions)
  /** The same norm, in evaluation during training. */
  | { readonly to: 'frozen' }
  | ({ readonly to: 'ghost' } & GhostBatchNormOptions)
  /** `numGroups`: a divisor of the channels. Default: their greatest common divisor with 32. */
  | ({ readonly to: 'group'; readonly numGroups?: number } & GroupNormOptions)
  | ({ readonly to: 'instance' } & InstanceNormOptions)
  /** Any other module; undefined leaves the norm. */
  | ((norm: ChannelNorm, path: string) => nn.Module | undefined);

const targets = ['batch', 'frozen', 'ghost', 'group', 'instance', 'sync'] as const;

const isChannelNorm = (module: unknown): module is ChannelNorm =>
  module instanceof BatchNormModule || module instanceof InstanceNormModule || module instanceof GroupNorm;

/**
 * Swaps the norms of a model, in place: `{ pattern: rule }` by the paths of the norms, of which the first that matches counts. Weights and
 * biases stay, running statistics where both norms have them; what is new begins as in a fresh norm. Batch, ghost,
 * synchronized, instance and group norms are converted; others, such as layer norm, have no weights for each channel.
 *
 * @param model - Initialized or not; not itself a norm.
 * @param rules - By glob of paths: `{ 'stem.**': 'frozen', '**': { to: 'group', numGroups: 8 } }`.
 * @throws option: a pattern without a norm, a rule that is none, a norm whose number of axes the target needs and it does not state.
 * @example
 * ```ts
 * import { nn, random, ready } from '@parsimony/core';
 * import { BatchNorm2d, convertNorms, GroupNorm } from '@parsimony/norms';
 * await ready();
 * const model = new nn.Sequential(new nn.Conv2d(3, 8, 3), new BatchNorm2d(8), new nn.ReLU()).init(random.key(0));
 * convertNorms(model, { '**': { to: 'group', numGroups: 4 } });
 * model.layers[1] instanceof GroupNorm; // => true
 * Object.keys(model.stateDict()); // => ['0.weight', '0.bias', '1.weight', '1.bias']
 * ```
 */
export function convertNorms<M extends nn.Module<never, unknown>>(model: M, rules: Readonly<Record<string, NormRule>>): M {
  if (!nn.isModule(model)) fail('option', `convertNorms: \`model\` must be a module, received ${show(model)}.`);
  if (isChannelNorm(model)) fail('option', 'convertNorms: the model is itself a norm. Make the one you want, and load its weights with `loadStateDict`.');
  if (rules === null || typeof rules !== 'object' || Array.isArray(rules) || Object.keys(rules).length === 0) fail('option', `convertNorms: expected rules such as { '**': 'frozen' }, received ${show(rules)}.`);
  const norms = model.namedModules().flatMap(([path, module]) => (isChannelNorm(module) ? [[path, module] as const] : []));
  for (const pattern of Object.keys(rules)) {
    if (!norms.some(([path]) => globMatch(pattern, path))) {
      fail('option', `convertNorms: no norm matches \`${pattern}\`; the model has: ${norms.map(([path, norm]) => `${path} (${norm.constructor.name})`).join(', ') || 'none'}.`);
    }
  }
  const fresh = norms.flatMap(([path, norm]) => {
    const rule = Object.entries(rules).find(([pattern]) => globMatch(pattern, path))?.[1];
    const made = rule === undefined ? undefined : typeof rule === 'function' ? rule(norm, path) : build(norm, path, rule);
    if (made !== undefined && !nn.isModule(made)) fail('option', `convertNorms: the rule for \`${path}\` must give a module or undefined, received ${show(made)}.`);
    return made === undefined || made === norm ? [] : [[norm, takeOver(norm, made, path)] as const];
  });
  replaceModules('convertNorms', model as unknown as nn.Module<unknown, unknown>, new Map<nn.Module<unknown, unknown>, nn.Module<unknown, unknown>>(fresh as never));
  return model;
}

/**
 * Every batch norm of a model, ghosts too, becomes a `SyncBatchNorm` with its options and state, in place: `convertNorms` to 'sync', save
 * that a model without batch norms stays as it is.
 *
 * @throws option: something that is not a module, or a model that is itself a norm.
 * @see PyTorch's `SyncBatchNorm.convert_sync_batchnorm`.
 * @example
 * ```ts
 * import { nn } from '@parsimony/core';
 * import { BatchNorm1d, convertSyncBatchNorm, SyncBatchNorm } from '@parsimony/norms';
 * const model = convertSyncBatchNorm(new nn.Sequential(new nn.Linear(4, 8), new BatchNorm1d(8), new nn.ReLU()));
 * model.layers[1] instanceof SyncBatchNorm; // => true
 * ```
 */
export function convertSyncBatchNorm<M extends nn.Module<never, unknown>>(model: M): M {
  if (nn.isModule(model) && !model.namedModules().some(([, module]) => module instanceof BatchNormModule)) return model;
  return convertNorms(model, { '**': (norm, path) => (norm instanceof BatchNormModule && !(norm instanceof SyncBatchNorm) ? build(norm, path, 'sync') : undefined) });
}

function build(norm: ChannelNorm, path: string, rule: Exclude<NormRule, (...args: never) => unknown>): nn.Module {
  const { to, ...given } = typeof rule === 'string' ? { to: rule } : rule ?? {};
  const target = checkChoice('convertNorms', 'to', to, targets);
  const channels = norm instanceof GroupNorm ? norm.numChannels : norm.numFeatures;
  const { eps, affine } = norm;
  const running = norm instanceof GroupNorm ? {} : { momentum: norm.momentum, trackRunningStats: norm.trackRunningStats };
  const batch: BatchNormOptions = norm instanceof BatchNormModule ? { ...running, frozen: norm.frozen } : norm instanceof InstanceNormModule && norm.trackRunningStats ? running : {};
  switch (target) {
    case 'batch': return new (ofRank(norm, path, [BatchNorm1d, BatchNorm2d, BatchNorm3d]))(channels, { eps, affine, ...batch, ...given });
    case 'sync': return new SyncBatchNorm(channels, { eps, affine, ...batch, ...given });
    case 'ghost': return new GhostBatchNorm(channels, { eps, affine, ...batch, ...given });
    case 'frozen': return freeze(norm, path, channels, { eps, affine, ...batch, ...given });
    case 'group': {
      const { numGroups = gcd(channels, 32), ...rest } = given as { numGroups?: number };
      return new GroupNorm(numGroups, channels, { eps, affine, ...rest });
    }
    case 'instance': {
      const { momentum, ...rest } = running as { momentum?: number | null };
      return new (ofRank(norm, path, [InstanceNorm1d, InstanceNorm2d, InstanceNorm3d]))(channels, { eps, affine, ...rest, ...(typeof momentum === 'number' && { momentum }), ...(given as InstanceNormOptions) });
    }
  }
}

function freeze(norm: ChannelNorm, path: string, channels: number, options: BatchNormOptions): nn.Module {
  if (!(norm instanceof BatchNormModule)) fail('option', `convertNorms: \`${path}\` (${norm.constructor.name}) has nothing to freeze: only batch norms behave differently in training.`);
  const extra = norm instanceof GhostBatchNorm ? { chunkSize: norm.chunkSize } : {};
  return new (norm.constructor as new (channels: number, options: BatchNormOptions) => nn.Module)(channels, { ...options, ...extra, frozen: true });
}

type NormClass<O> = new (channels: number, options?: O) => nn.Module;

/** The class for the number of spatial axes that the norm's own class states. */
function ofRank<O>(norm: ChannelNorm, path: string, classes: readonly NormClass<O>[]): NormClass<O> {
  const families = [[BatchNorm1d, InstanceNorm1d], [BatchNorm2d, InstanceNorm2d], [BatchNorm3d, InstanceNorm3d]];
  const at = families.findIndex((family) => family.some((kind) => norm instanceof kind));
  return classes[at] ?? fail('option', `convertNorms: \`${path}\` (${norm.constructor.name}) does not say how many axes its input has. Give a function: (norm) => new BatchNorm2d(…).`);
}

/** The values of one norm in another; what only the latter has begins afresh. */
function takeOver(norm: ChannelNorm, made: nn.Module, path: string): nn.Module {
  const odd = Object.keys(norm.parameterShapes()).find((name) => name !== 'weight' && name !== 'bias');
  if (odd !== undefined) fail('option', `convertNorms: \`${path}\` has the parameter \`${odd}\`. \`nn.removeParametrizations\` first.`);
  const state = norm.stateDict();
  if (!norm.initialized) return made;
  const names = new Set(made.slots().keys());
  made.loadStateDict(Object.fromEntries(Object.entries(state).filter(([name]) => names.has(name))) as Params, { strict: false });
  return made.init(random.key(0));
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
