/** The state of a fit: where it is, what it owns. A snapshot holds all of it. */
import { fail, show } from '../../errors';
import type { Metric } from '../../metrics/metric';
import type { Module } from '../../nn/module';
import { holdWeights } from '../../nn/weights';
import type { Optimizer, OptimizerState, Rates } from '../../optim/optimizer';
import { foldIn, type RngKey } from '../../random/key';
import type { Schedule } from '../../schedules/kind';
import { evaluateSchedule } from '../../schedules/schedule';
import { isPlainObject, isTensor, tensorsIn } from '../../tensor/find';
import { type Arena, keep, scope } from '../../tensor/scope';
import type { Scalar, Tensor } from '../../tensor/tensor';
import type { Batch, Inputs, LossFunction, Outputs, Params, Target, Weights } from '../../types';
import type { Dataset } from '../../data/dataset';
import type { EvalResult, Finding, HistoryRow, Plugin, PluginKey, State } from '../contract';
import type { ProgressEvent } from '../events';
import type { ResolvedPlan } from '../plan/plan';
import type { Replica } from '../replicas/replica';
import { guard } from './blame';
import type { Contexts } from './contexts';
import { Latch } from './latch';
import { type BatchStatistics, type Pieces, piecesOf } from './pieces';
import { RateTable } from './rates';
import { type Reading, Reads } from './reads';
import { addTo, type EpochTotals, noTotals } from './totals';
import type { WeightStore } from './weight-store';

/** A microbatch while its loss is computed. */
export interface MicroState {
  readonly index: number;
  /** Changes while an aroundForward hook has given `next` another one. */
  batch: Batch;
  /** Forwards so far. */
  passes: number;
  /** Parameters of this forward: those that gradients flow to. */
  params: Params;
  readonly freezeBuffers: boolean;
  readonly locals: Map<PluginKey, Map<string, unknown>>;
  readonly taps: Map<string, unknown>;
  outputs?: Outputs;
  target?: Target;
}

/** A step while it runs. */
export interface StepState {
  readonly arena: Arena;
  /** Microbatches; filled after transformBatch. */
  micros: readonly Batch[];
  /** Samples of the whole batch, over all replicas. */
  size: number;
  /** Buffers that passes wrote, by path. */
  readonly staged: Map<string, Tensor>;
  micro: MicroState | undefined;
  applied?: Scalar;
  loss?: Scalar;
  /** Whether aroundOptimStep let the optimizer run. */
  stepped: boolean;
  /** Largest of the parameters. */
  learningRate: number;
}

/** A plugin in a fit. */
export interface PluginRuntime {
  readonly key: PluginKey;
  readonly plugin: Plugin;
  readonly rng: RngKey;
  readonly contexts: Contexts;
  state: State;
}

export interface RunSettings {
  readonly plan: ResolvedPlan;
  readonly model: Module<Inputs, Outputs>;
  readonly loss: LossFunction;
  readonly optimizer: Optimizer;
  readonly metrics: readonly Metric[];
  readonly accumulate: number;
  readonly batchStatistics: BatchStatistics;
  readonly nonFinite: 'stop' | 'skip';
  readonly seed: number;
  readonly key: RngKey;
  readonly train: Dataset;
  readonly validation: Dataset | undefined;
  readonly batchSize: number;
  readonly evalBatchSize: number;
  readonly epochs: number;
  readonly shuffle: boolean;
  readonly dropLast: boolean;
  /** Undefined: at epoch ends. */
  readonly evaluateEvery: number | undefined;
  readonly totalSteps: number;
  readonly replica: Replica;
  /** Of the executor; see there. */
  readonly readInterval: number;
}

/** Weights that a plugin wants the fit to return. */
export interface Kept { readonly weights: Weights; readonly why: string; readonly epoch: number; readonly step: number }

/** Unlike that of any other fit. */
const newId = (): string => Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** Refuses what is no state. */
export function checkState(key: PluginKey, state: State): State {
  if (isPlainObject(state) && isPlainObject(state.tensors) && Object.values(state.tensors).every(isTensor) && state.json !== undefined) return state;
  return fail('plugin', `${key}: a state is { tensors, json }, with tensors by name, received ${show(state)}. Stateless parts: { tensors: {}, json: null }.`);
}

export class Run {
  /** That of the fit it goes on from, where it does. */
  id = newId();
  epoch = 0;
  /** Steps done. */
  step = 0;
  /** Batches of the epoch done. */
  batch = 0;
  /** The last evaluation by the loop, so that none is made twice. */
  evaluated: { readonly step: number; readonly result: EvalResult } | undefined;
  totals: EpochTotals = noTotals;
  history: HistoryRow[] = [];
  stopReason: string | undefined;
  kept: Kept | undefined;
  #reserve: Weights | undefined;
  readonly findings: Finding[] = [];
  readonly reads: Reads;
  /** Where the host may learn of a refused step only after it has run others. */
  readonly latch: Latch | undefined;
  /** Events to send when the loop next comes to it. */
  readonly events: ProgressEvent[] = [];
  readonly modelKey: RngKey;
  /** How a batch is cut. */
  readonly pieces: Pieces;
  /** Itself among the replicas; alone once the fit is over. */
  replica: Replica;
  rateTable: RateTable;
  plugins: readonly PluginRuntime[] = [];
  optimizerState: OptimizerState = { tensors: {}, json: null };
  now: StepState | undefined;
  /** The step whose loss or gradient ended the fit. Its number is known a step later, or more. */
  refused: number | undefined;
  /** While a step is in progress, and after one that failed: then weights and states are of different steps. */
  torn = false;
  /** What metrics measured in this step. */
  measured: { readonly name: string; readonly sum: Reading; readonly count: Reading }[] = [];

  constructor(readonly settings: RunSettings, readonly store: WeightStore) {
    this.rateTable = new RateTable(settings.optimizer, []);
    this.modelKey = foldIn(settings.key, 'model');
    this.pieces = piecesOf(settings.model, settings);
    this.replica = settings.replica;
    this.reads = new Reads(settings.readInterval);
    this.latch = this.reads.deferred && settings.nonFinite === 'stop' ? new Latch() : undefined;
  }

  get model(): Module<Inputs, Outputs> { return this.settings.model; }
  get totalSteps(): number { return this.settings.totalSteps; }

  at(schedule: Schedule): number { return evaluateSchedule(schedule, this); }
  rates(path: string): Rates { return this.rateTable.rates(path, this); }

  /** The step in progress. */
  get current(): StepState { return this.now ?? fail('state', 'No step is in progress: this part of the context is for the hooks of a step.'); }
  /** Number of the microbatch in progress among those of all replicas: what tells its draws from theirs. */
  get microNumber(): number { return this.replica.rank * this.current.micros.length + this.micro.index; }
  get micro(): MicroState { return this.current.micro ?? fail('state', 'No microbatch is in progress: this part of the context is for the hooks of a microbatch.'); }

  /** Gives a plugin another state; tensors of the former one that are not in it are disposed. */
  setState(own: PluginRuntime, next: State): void {
    checkState(own.key, next);
    const staying = new Set(tensorsIn(next.tensors));
    for (const tensor of staying) tensor.assertLive(`${own.key}: setState`);
    keep(next.tensors);
    for (const tensor of tensorsIn(own.state.tensors)) if (!staying.has(tensor)) tensor.dispose();
    own.state = next;
  }

  initState(own: PluginRuntime): void {
    const { init } = own.plugin;
    if (init) this.setState(own, guard(own.key, 'init', () => scope(() => init(this.model))));
  }

  /**
   * Holds the weights it is given from now on, and lets go of those held before. They are not copied: whoever changes them
   * finds that he is not their only holder, and writes elsewhere.
   */
  keepWeights(weights: Weights, what: Omit<Kept, 'weights'>): void {
    const held = keep(holdWeights(weights));
    this.#letGo();
    this.kept = { ...what, weights: held };
  }

  /**
   * Takes the memory for kept weights from the start, where a plugin will keep some: a fit that runs out of it should do so in
   * its first step, not at its best one.
   */
  reserveKept(): void {
    if (this.kept || this.plugins.every(({ plugin }) => plugin.claims.writes?.['kept.weights'] === undefined)) return;
    this.#reserve = keep(holdWeights(this.store.weights));
  }

  #letGo(): void {
    for (const tensor of tensorsIn([this.kept?.weights, this.#reserve])) tensor.dispose();
    this.kept = undefined;
    this.#reserve = undefined;
  }

  log(own: PluginRuntime, name: string, value: number | Scalar): void {
    const full = `${own.key}/${name}`;
    const add = (x: number): void => {
      this.totals = { ...this.totals, logs: { ...this.totals.logs, [full]: addTo(this.totals.logs[full], x, 1) } };
    };
    if (typeof value === 'number') add(value);
    else this.reads.push(this.step, [this.reads.take(value)], ([x = Number.NaN]) => { add(x); });
  }

  report(own: PluginRuntime, finding: Finding): void {
    const full = finding.plugins.length > 0 ? finding : { ...finding, plugins: [own.key] };
    this.findings.push(full);
    if (full.severity === 'error') fail('conflict', full.hint === undefined ? full.message : `${full.message} ${full.hint}`);
  }

  /** Gives back what only a fit that runs needs. */
  endLoop(): void {
    this.reads.dispose();
    this.latch?.dispose();
  }

  /** Gives back all that the fit owns, save the model's weights. */
  dispose(): void {
    for (const own of this.plugins) for (const tensor of tensorsIn(own.state.tensors)) tensor.dispose();
    for (const tensor of tensorsIn(this.optimizerState.tensors)) tensor.dispose();
    this.#letGo();
  }
}
