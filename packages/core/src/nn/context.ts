/**
 * Contexts of a forward pass. `forward(x)` is inference; training behaviour needs `training({ key, step })`, so a model
 * cannot be left in the wrong mode. A pass counts uses of each path, stages buffer writes and gathers loss terms.
 */
import { type Collective, soleCollective } from '../collective/collective';
import { fail, show } from '../errors';
import { checkNumber, checkOptions } from '../options';
import { at, checkKey, foldIn, type RngKey } from '../random/key';
import type { Schedule } from '../schedules/kind';
import { evaluateSchedule } from '../schedules/schedule';
import { giveBack, keep } from '../tensor/scope';
import type { Tensor } from '../tensor/tensor';
import type { ForwardContext, LossTerm, Mode, Weights } from '../types';

export interface TrainingOptions {
  /** Root key of the run; each module folds its path in. */
  readonly key: RngKey;
  /** From 0. Default 0. */
  readonly step?: number;
  /** For schedules. Default: step + 1. */
  readonly totalSteps?: number;
  /** Default 0. */
  readonly micro?: number;
  /** Number of this forward within the microbatch: another pass draws other masks. Default 0. */
  readonly pass?: number;
  /** The replicas that this forward is part of; see `shareCollective`. Default: this one alone. */
  readonly collective?: Collective;
  /** Weights to use in place of the model's own: those of a gradient, an average, a perturbed step. */
  readonly weights?: Partial<Weights>;
}

export interface InferenceOptions extends Omit<Partial<TrainingOptions>, 'micro' | 'collective'> {
  /** Paths of modules that run as in training: layers that draw, for samples of what a model puts out. Asks for a `key`. Default none. */
  readonly sampling?: readonly string[];
}

/** What only the parts of core ask of a pass. */
export interface PassOptions extends Partial<TrainingOptions> {
  /** Gather running statistics of batch norms; with mode 'eval'. */
  readonly gathersStatistics?: boolean;
  /** Paths that run as in training; with mode 'eval'. */
  readonly sampling?: ReadonlySet<string>;
}

/** Sees a module's output and may replace it: activation hooks, taps. */
export type ActivationHook = (path: string, output: unknown) => unknown;

const none: Weights = { params: {}, buffers: {} };

/** One forward pass over a model: the root of the contexts its modules get. */
export class Pass implements ForwardContext {
  readonly path = '';
  readonly step: number;
  readonly totalSteps: number;
  readonly weights: Weights;
  readonly collective: Collective;
  /** Buffers written by modules, by full path; commit them with `model.commit(pass)` when the step is applied. */
  readonly bufferUpdates = new Map<string, Tensor>();
  /** Loss terms that modules added, in order. */
  readonly lossTerms: LossTerm[] = [];
  onActivation: ActivationHook | undefined;
  readonly #calls = new Map<string, number>();

  constructor(readonly mode: Mode, readonly options: PassOptions) {
    this.step = options.step ?? 0;
    this.totalSteps = options.totalSteps ?? this.step + 1;
    this.weights = { ...none, ...options.weights };
    this.collective = options.collective ?? soleCollective;
  }

  get gathersStatistics(): boolean { return this.options.gathersStatistics ?? false; }
  key(site?: string): RngKey { return this.keyOf('', site); }
  writeBuffer(name: string, value: Tensor): void { this.stage(name, value); }
  addLoss(term: LossTerm): void { this.lossTerms.push(term); }
  at(schedule: Schedule): number { return evaluateSchedule(schedule, this); }

  keyOf(path: string, site = ''): RngKey {
    const full = site === '' ? path : `${path}:${site}`;
    const { key, micro = 0, pass = 0 } = this.options;
    if (key === undefined) {
      fail('state', `${path || 'model'}: a draw needs a key. Call \`forward(x, training({ key, step }))\`, or \`inference({ key })\` for modules that sample in evaluation.`);
    }
    const call = this.#calls.get(full) ?? 0;
    this.#calls.set(full, call + 1);
    return at(foldInCached(key, full), { step: this.step, micro, pass, call });
  }

  stage(path: string, value: Tensor): void {
    const before = this.bufferUpdates.get(path);
    this.bufferUpdates.set(path, keep(value));
    // The tape may need it: spectral norm divides by a product with its vectors.
    if (before && before !== value) giveBack(before);
  }

  /** How the module at a path runs. */
  modeOf(path: string): Mode { return this.options.sampling?.has(path) === true ? 'train' : this.mode; }

  /** The context as one module sees it. */
  bind(path: string): ForwardContext { return new BoundContext(this, path); }
}

class BoundContext implements ForwardContext {
  constructor(readonly pass: Pass, readonly path: string) {}
  get mode(): Mode { return this.pass.modeOf(this.path); }
  get step(): number { return this.pass.step; }
  get totalSteps(): number { return this.pass.totalSteps; }
  get weights(): Weights { return this.pass.weights; }
  get collective(): Collective { return this.pass.collective; }
  get gathersStatistics(): boolean { return this.pass.gathersStatistics; }
  key(site?: string): RngKey { return this.pass.keyOf(this.path, site); }
  at(schedule: Schedule): number { return this.pass.at(schedule); }
  writeBuffer(name: string, value: Tensor): void { this.pass.stage(this.path === '' ? name : `${this.path}.${name}`, value); }
  addLoss(term: LossTerm): void { this.pass.addLoss(term); }
}

/** @internal The pass behind any context. */
export function passOf(ctx: ForwardContext): Pass {
  if (ctx instanceof BoundContext) return ctx.pass;
  if (ctx instanceof Pass) return ctx;
  return fail('option', `forward: the context must be one that \`training\` or \`inference\` made, received ${show(ctx)}. For training: \`forward(x, training({ key: random.key(seed) }))\`.`);
}

// Hashing a path costs microseconds and happens for every mask of every step; paths are few.
const folded = new Map<string, RngKey>();
function foldInCached(key: RngKey, path: string): RngKey {
  const id = `${key[0]},${key[1]},${path}`;
  let out = folded.get(id);
  if (!out) {
    if (folded.size > 10_000) folded.clear();
    folded.set(id, out = foldIn(key, path));
  }
  return out;
}

/**
 * The context of a training pass: dropout draws, batch norm uses and updates batch statistics.
 *
 * @throws option: an unknown option, or a step that is not a whole number.
 * @example
 * ```ts
 * import { nn, random, ready, training, zeros } from '@parsimony/core';
 * await ready();
 * const model = new nn.Linear(4, 2).init(random.key(0));
 * model.forward(zeros([3, 4]), training({ key: random.key(1), step: 0 })).shape; // => [3, 2]
 * ```
 */
export function training(options: TrainingOptions): Pass {
  checkOptions('training', options, ['key', 'step', 'totalSteps', 'micro', 'pass', 'collective', 'weights']);
  checkKey('training', options.key);
  if (options.collective !== undefined && typeof (options.collective as Partial<Collective>).allReduceSum !== 'function') {
    fail('option', `training: \`collective\` must be a Collective, such as \`joinCollective(shared, rank)\`, received ${show(options.collective)}.`);
  }
  checkPass('training', options);
  return new Pass('train', options);
}

/**
 * The context of an evaluation: no masks, running statistics. `weights` evaluates others than the model's own; modules at the paths
 * of `sampling` draw as in training.
 *
 * @throws option: an unknown option, or a step that is not a whole number.
 * @example
 * ```ts
 * import { inference, nn, random, ready, tensor, zeros } from '@parsimony/core';
 * await ready();
 * const model = new nn.Linear(2, 1).init(random.key(0));
 * const other = { params: { weight: zeros([1, 2]), bias: tensor([5]) } };
 * await model.forward(zeros([1, 2]), inference({ weights: other })).array(); // => [[5]]
 * ```
 */
export function inference(options: InferenceOptions = {}): Pass {
  checkOptions('inference', options, ['key', 'step', 'totalSteps', 'pass', 'weights', 'sampling']);
  const { sampling, ...rest } = options;
  if (rest.key !== undefined) checkKey('inference', rest.key);
  if (sampling !== undefined && (!Array.isArray(sampling) || sampling.some((path) => typeof path !== 'string'))) {
    fail('option', `inference: \`sampling\` must be a list of module paths, received ${show(sampling)}.`);
  }
  checkPass('inference', rest);
  return new Pass('eval', { ...rest, ...(sampling && { sampling: new Set(sampling) }) });
}

function checkPass(where: string, options: Partial<TrainingOptions>): void {
  for (const name of ['step', 'totalSteps', 'micro', 'pass'] as const) {
    if (options[name] !== undefined) checkNumber(where, name, options[name], { min: 0, integer: true });
  }
  if (options.weights !== undefined) checkOptions(`${where}: weights`, options.weights, ['params', 'buffers']);
}

