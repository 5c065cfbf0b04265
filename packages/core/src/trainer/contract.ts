/**
 * The plugin contract: what a plugin declares, which hooks it may register, and what each is given. The order of a fit:
 *
 *     createPlan (order and conflicts; throws before any work)
 *     transformModel -> collectParamGroups -> init or load state -> fitStart
 *       epochStart
 *         stepStart
 *           transformBatch                once per optimizer step, before the split into microbatches
 *           per microbatch: microbatchStart -> aroundForward (transformActivation inside) -> transformTargets
 *                           -> collectLossTerms -> transformLoss -> backward -> microbatchEnd
 *           transformGrads                once, on the gradients of the whole step
 *           aroundOptimStep               wraps optimizer.step
 *           transformParams               after the step
 *         stepEnd                         `applied` is 0 if the step was skipped (non-finite gradients)
 *         aroundEval -> evalEnd           an evaluation, at epoch ends or every so many steps; no step hook runs inside
 *       epochEnd
 *     fitEnd -> teardown                  always, in reverse order, after an error or an abort too
 *
 * The kind of a hook shows in its name: `xStart`/`xEnd` observe, `transformX` returns a replacement (`undefined` leaves it),
 * `collectX` contributes, `aroundX` gets `next`, the first plugin outermost. From microbatchStart to transformParams every
 * hook is synchronous. `fitEnd` and `teardown` run in reverse order, observers like the rest in plan order.
 *
 * Tensors: what a hook makes before its first `await` is given back when the step (or the epoch, fit or evaluation hook) is
 * over, unless it is kept, put into the state, or part of what the hook returned. After an `await` use `scope`.
 */
import type { Module } from '../nn/module';
import type { DecayKind, Optimizer } from '../optim/optimizer';
import type { RngKey } from '../random/key';
import type { Schedule } from '../schedules/kind';
import type { Scalar, Tensor } from '../tensor/tensor';
import type { Batch, Inputs, Json, Loss, LossFunction, LossTerm, Mode, Outputs, Params, Target, Weights } from '../types';
import type { BatchStatistics } from './parts/pieces';

declare const brand: unique symbol;
type Brand<T, B extends string> = T & { readonly [brand]: B };

export type Grads = Brand<Params, 'Grads'>;
/**
 * Rates of the parameters that match. Of one plugin's groups the last that matches and states a value decides; `lrScale` of
 * several plugins multiply. A plugin that claims `params.decay` takes the decay over: what none of its groups matches gets none.
 */
export interface ParamGroup {
  /** A glob over parameter paths: `*` within a segment, `**` across. */
  readonly match: string;
  readonly weightDecay?: Schedule;
  /** Default 'decoupled'. */
  readonly decayKind?: DecayKind;
  readonly lrScale?: Schedule;
  /** What the plugin does with these parameters and why, in a few words: `explain` says it beside each. The last group that states one decides. */
  readonly reason?: string;
}
export interface EvalResult { readonly loss: number; readonly metrics: Readonly<Record<string, number>> }
/**
 * `step` steps were done when the row was written. An epoch's row has `loss` and the metrics of training, running over the epoch;
 * `validationLoss`, `validationAccuracy`, … if there was an evaluation at its end; `learningRate` of the last step, `seconds`,
 * `skippedSteps` if there were any, and under `plugin/name` what plugins logged. A row within an epoch has an evaluation only.
 */
export interface HistoryRow { readonly epoch: number; readonly step: number; readonly values: Readonly<Record<string, number>> }

/** Tensors and JSON, owned by the trainer: saved, loaded, disposed without the plugin's help. */
export interface State { readonly tensors: Params; readonly json: Json }

// ---- contexts, each extending the outer one ----
export interface FitContext<S extends State = State> {
  readonly plugin: PluginKey;
  readonly model: Module<Inputs, Outputs>;
  readonly epoch: number;
  readonly step: number;
  readonly totalSteps: number;
  readonly stepsPerEpoch: number;
  readonly weights: Weights;
  readonly history: readonly HistoryRow[];
  /** Owned by the trainer. */
  readonly state: S;
  /** Replaces the state. Tensors of the former one that are not in the new one are disposed. */
  setState(next: S): void;
  readonly data: { train(): AsyncIterable<Batch>; validation?(): AsyncIterable<Batch>; readonly trainSize: number };
  /** Inference, or training mode with a key, under these or other weights. Inside a microbatch gradients flow through it. */
  call(inputs: Inputs, options?: { readonly weights?: Weights; readonly mode?: Mode; readonly key?: RngKey }): Outputs;
  at(s: Schedule): number;
  /** Multiply the learning rate of a parameter path from now on. */
  lrScale(path: string, scale: number): void;
  /** End the fit after this step, with a reason that the result carries. */
  stop(reason: string): void;
  /** Make these the weights the fit returns and checkpoints call best. They are copied. `at`: where they come from, if earlier. */
  keep(weights: Weights, why: string, at?: { readonly epoch: number; readonly step: number }): void;
  api<K extends keyof PluginApiMap>(name: K): PluginApiMap[K] | undefined;
  /** A value for the history: an epoch's row has the mean. A tensor is read later, with other numbers of the fit, so that logging waits for nothing. */
  log(name: string, value: number | Scalar): void;
  /** Adds to the findings of the plan; an 'error' ends the fit with it. */
  report(f: Finding): void;
}
export interface StepContext<S extends State = State> extends FitContext<S> {
  readonly microbatches: number;
  /** The Trainer's loss, with its name and options. */
  readonly lossOf: LossFunction;
  /** A key of this plugin, the site, the step, and within a microbatch of that and the pass. */
  rng(site: string): RngKey;
}
export interface MicroContext<S extends State = State> extends StepContext<S> {
  readonly micro: number;
  /** 0, then 1, 2, … for each further forward of this microbatch. */
  readonly pass: number;
  readonly batch: Batch;
  /** Scratch of this plugin for this microbatch. */
  readonly local: Map<string, unknown>;
  /** The activation of the module at this path in the current pass. Asks for `reads: ['activations']` in the claims. */
  tap(path: string): Tensor;
}
export interface LossContext<S extends State = State> extends MicroContext<S> {
  readonly outputs: Outputs;
  readonly target: Target;
}
export interface GradContext<S extends State = State> extends StepContext<S> {
  lr(path: string): number;
  /** Gradients of the whole step at other parameters, with the same keys; all hooks of the microbatches run again. */
  gradsAt(params: Params, options: { readonly freezeBuffers: boolean }): Grads;
}
export interface StepEndContext<S extends State = State> extends StepContext<S> {
  /** Device scalars: 1 where the step was applied; the mean loss of the step. */
  readonly applied: Scalar;
  readonly loss: Scalar;
}
/** In `evalEnd`, `weights` are those that were evaluated; an `aroundEval` that makes some lets them live until then. */
export interface EvalContext<S extends State = State> extends FitContext<S> { readonly split: string }

// ---- hook kinds ----
type MaybePromise<T> = T | Promise<T>;
type Observe<C> = (ctx: C) => void;
type ObserveAsync<C> = (ctx: C) => MaybePromise<void>;
type Transform<V, C> = (value: V, ctx: C) => V | undefined;
type Collect<V, C> = (ctx: C) => readonly V[];

export interface HookSignatures<S extends State> {
  transformModel: (model: Module<Inputs, Outputs>, ctx: FitContext<S>) => MaybePromise<Module<Inputs, Outputs> | undefined>;
  /** Runs for `explain` too, before there are weights: ask `ctx.model.parameterShapes()`. */
  collectParamGroups: Collect<ParamGroup, FitContext<S>>;
  fitStart: ObserveAsync<FitContext<S>>;
  epochStart: ObserveAsync<FitContext<S>>;
  stepStart: ObserveAsync<StepContext<S>>;
  transformBatch: (batch: Batch, ctx: StepContext<S>) => MaybePromise<Batch | undefined>;
  microbatchStart: Observe<MicroContext<S>>;
  /** Each `next` is a new pass, with new masks; of the terms that modules add to the loss the mean over the passes counts. Another batch given to it replaces the inputs only. */
  aroundForward: (ctx: MicroContext<S>, next: (batch?: Batch) => Outputs) => Outputs;
  /** `match` is a glob over module paths; the handler is told the path. */
  transformActivation: { readonly match: string; readonly handler: (value: Tensor, ctx: MicroContext<S>, path: string) => Tensor | undefined };
  transformTargets: Transform<Target, Omit<LossContext<S>, 'target'>>;
  collectLossTerms: Collect<LossTerm, LossContext<S>>;
  /**
   * The whole loss of the microbatch: with terms, those of modules too. Under accumulation a term with a denominator of its own
   * is then averaged by microbatch, exactly only where its denominator is a fixed multiple of the loss's.
   */
  transformLoss: Transform<Loss, LossContext<S>>;
  microbatchEnd: Observe<MicroContext<S>>;
  transformGrads: Transform<Grads, GradContext<S>>;
  /** `next` at most once; without it the step counts as not applied. */
  aroundOptimStep: (ctx: GradContext<S>, next: (grads?: Grads) => void) => void;
  transformParams: Transform<Params, GradContext<S>>;
  stepEnd: ObserveAsync<StepEndContext<S>>;
  aroundEval: (ctx: EvalContext<S>, next: (weights?: Weights) => Promise<EvalResult>) => Promise<EvalResult>;
  evalEnd: (ctx: EvalContext<S> & { readonly result: EvalResult }) => MaybePromise<void>;
  epochEnd: ObserveAsync<FitContext<S>>;
  fitEnd: ObserveAsync<FitContext<S>>;
}
export type HookName = keyof HookSignatures<State>;
export interface HookOrder {
  readonly order?: 'pre' | 'post';
  readonly before?: readonly PluginName[];
  readonly after?: readonly PluginName[];
}
export type Hook<F> = F | (HookOrder & { readonly handler: F });
export type Hooks<S extends State> = { readonly [K in HookName]?: Hook<HookSignatures<S>[K]> };

// ---- conflicts: declared, checked once when the plan is built ----
export type Slot =
  | 'model' | 'batch.inputs' | 'batch.views' | 'targets' | 'forward' | 'activations' | 'loss'
  | 'grads' | 'optim.step' | 'params' | 'params.decay' | 'lr' | 'eval.weights' | 'kept.weights';
/** affine and add commute with their own kind; replace must be ordered against others; exclusive allows one writer. */
export type WriteMode = 'affine' | 'add' | 'replace' | 'exclusive';
export interface Claims {
  readonly reads?: readonly Slot[];
  readonly writes?: Readonly<Partial<Record<Slot, WriteMode>>>;
}
export interface Finding {
  readonly severity: 'error' | 'warning' | 'info';
  readonly code: string;
  readonly message: string;
  readonly plugins: readonly PluginKey[];
  readonly hint?: string;
}

// ---- plugin ----
export type PluginName = `@${string}/${string}` | (string & {});
/** name, or name#instance */
export type PluginKey = Brand<string, 'PluginKey'>;
/** Declaration merging: one entry a package that offers something to others. */
// oxlint-disable-next-line typescript/no-empty-interface, typescript/no-empty-object-type
export interface PluginApiMap {}
export interface Plugin<S extends State = State> {
  readonly name: PluginName;
  readonly version: string;
  readonly apiVersion: 1;
  readonly instance?: string;
  /** What a checkpoint records. Patterns are globs, schedules tagged JSON; what cannot be data is `{ external: name }`. */
  readonly options: Json;
  readonly claims: Claims;
  /** 'per-batch': what it does to a microbatch depends on the whole of it, so accumulation changes the result. */
  readonly batchSemantics: 'per-sample' | 'per-batch';
  /** 'skip': a step with a non-finite loss or gradient is left out instead of ending the fit. */
  readonly nonFinite?: 'skip';
  readonly init?: (model: Module<Inputs, Outputs>) => S;
  /** Of what a checkpoint holds of the state; default 0. With another one, `migrate` makes an older state this one. */
  readonly stateVersion?: number;
  readonly migrate?: (state: State, from: number) => S;
  /** False: a fit may resume from a checkpoint without this plugin, which then begins with its first state. Default true. */
  readonly requiredOnLoad?: boolean;
  readonly hooks: Hooks<S>;
  readonly api?: unknown;
  /** Runs when the plan is built; what is found shows in `explain`, and an 'error' refuses the plan. */
  check?(peers: readonly PluginInfo[], model: Module<Inputs, Outputs>, settings: PlanSettings): readonly Finding[];
  teardown?(): MaybePromise<void>;
}
export type PluginInfo = Pick<Plugin, 'name' | 'version' | 'instance' | 'options' | 'claims'>;
/** What `definePlugin` returns: the state's type is closed over, so plugins of any state go in one list. */
export type AnyPlugin = PluginInfo & { readonly [brand]: 'Plugin' };
/** What checks may want to know beside the plugins and the model. All of it is there when a Trainer makes the plan. */
export interface PlanSettings {
  readonly loss?: LossFunction;
  readonly optimizer?: Optimizer;
  /** Microbatches a step. Default 1. */
  readonly accumulate?: number;
  /** Which statistics batch norms take under accumulation. Default 'microbatch'. */
  readonly batchStatistics?: BatchStatistics;
  /** Threads that share each batch; known once a fit starts. Default 1. */
  readonly replicas?: number;
  /** Of a step; known once a fit starts. */
  readonly batchSize?: number;
}
export interface Plan {
  readonly order: Readonly<Record<HookName, readonly PluginKey[]>>;
  readonly findings: readonly Finding[];
  toString(): string;
}
