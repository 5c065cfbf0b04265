/** The Trainer: a model, a loss, an optimizer and plugins, and the lifecycle that runs them together. */
import { currentExecutor, ready } from '../backends/registry';
import { fail } from '../errors';
import { checkNumber, checkOptions } from '../options';
import type { Module } from '../nn/module';
import { key as keyOfSeed } from '../random/key';
import { Arena } from '../tensor/scope';
import type { Inputs, Outputs, Weights } from '../types';
import type { Dataset } from '../data/dataset';
import type { EvalResult, Finding, HistoryRow, Plan } from './contract';
import { openResume, type Resumed } from './checkpoint/resume';
import { explain } from './explain';
import { abandon, execute, type FitResult, prepare, stepsPerEpoch, transformModel } from './fit';
import {
  checkDataset, type CheckedFitOptions, type CheckedTrainerOptions, checkFitOptions, checkTrainerOptions, type EvaluateOptions, type FitOptions, type TrainerOptions,
} from './options';
import { assemble, type Assembled, collectRates } from './parts/assemble';
import { Breather } from './parts/breathe';
import { evaluate } from './parts/evaluation';
import { evaluateWith } from './parts/loop';
import { piecesOf } from './parts/pieces';
import type { RateTable } from './parts/rates';
import type { RunSettings } from './parts/run';
import { disposeWeights } from './parts/weight-store';
import { type ResolvedPlan, resolvePlan } from './plan/plan';
import { joinReplicas } from './replicas/join';
import { alone, type Replica } from './replicas/replica';
import { type ReplicaStart, withReplicas } from './replicas/start';
import { joinKey } from './replicas/worker-source';
import { copySnapshot, type FitSnapshot } from './snapshot';

/** Loss and metrics by name. */
export type EvaluationResult = { readonly loss: number } & Readonly<Record<string, number>>;

/**
 * Trains a model. Plugins are ordered and checked when it is made; `fit` runs the hooks in the order that contract.ts states.
 *
 * @throws option: an unknown or bad option. conflict: plugins that do not go together, a cycle in their order.
 * @example
 * ```ts
 * import { arrayDataset, losses, nn, optim, Trainer } from '@parsimony/core';
 * const train = arrayDataset({ inputs: Float32Array.of(0, 1, 2, 3), shape: [1], values: Float32Array.of(1, 3, 5, 7), targetShape: [1] });
 * const trainer = new Trainer({ model: new nn.Linear(1, 1), loss: losses.mse(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7 });
 * const { history, reason } = await trainer.fit({ train, epochs: 100, batchSize: 4 });
 * [history.length, reason]; // => [100, 'completed']
 * const { loss } = await trainer.evaluate(train);
 * loss < 1e-2; // => true
 * ```
 */
export class Trainer {
  readonly #options: CheckedTrainerOptions;
  #model: Module<Inputs, Outputs>;
  #plan: ResolvedPlan;
  #transformed = false;
  #busy = false;
  #fit: Assembled | undefined;
  /** Of the last step of the last fit, where the model has kept ones instead. */
  #last: Weights | undefined;
  readonly #breather = new Breather();

  constructor(options: TrainerOptions) {
    this.#options = checkTrainerOptions(options);
    this.#model = this.#options.model;
    this.#model.assignPaths();
    this.#plan = this.#resolve();
  }

  /** The model; after the first fit, as `transformModel` hooks left it. */
  get model(): Module<Inputs, Outputs> { return this.#model; }
  get plan(): Plan { return this.#plan; }
  /** Of the fit that runs, or the last one. */
  get history(): readonly HistoryRow[] { return this.#fit?.run.history ?? []; }
  /** Of the plan, and what plugins reported. */
  get findings(): readonly Finding[] { return [...this.#plan.findings, ...this.#fit?.run.findings ?? []]; }

  /**
   * Trains. A second fit goes on from the model's weights with fresh states of optimizer and plugins.
   *
   * @throws option, data: bad options, an empty data set. state, file: a checkpoint that is not of this fit, damaged, or not to be
   * written. non-finite: a loss or gradient that is not finite, unless 'skip'. What a plugin or the data throw, with the plugin
   * and hook it came from. The message says where the fit was and which checkpoint was kept; `fitEnd` and `teardown` of all
   * plugins have run by then.
   */
  async fit(options: FitOptions): Promise<FitResult> {
    const checked = checkFitOptions(options);
    return this.#alone('fit', async () => {
      await ready();
      const { replicas } = checked;
      if (replicas === 1) return this.#run(checked, alone);
      return withReplicas(replicas, this.#options, checked, (replica) => this.#run(checked, replica));
    });
  }

  /** @internal Takes part in the fit of another thread, as one of its replicas. */
  async [Symbol.for(joinKey)](start: ReplicaStart): Promise<void> {
    await joinReplicas(start, this.#options, (options, replica) => this.#alone('fit', () => this.#run(options, replica)));
  }

  async #run(checked: CheckedFitOptions, replica: Replica): Promise<FitResult> {
    const { fit, from } = await this.#begin(checked, replica).catch((error: unknown) => abandon(error, this.#plan.plugins, checked));
    try {
      const { result, last } = await execute(fit, checked, from, currentExecutor());
      this.#last = last;
      return result;
    } finally {
      fit.run.replica = alone;
    }
  }

  /** From transformModel to the states of plugins. */
  async #begin(checked: CheckedFitOptions, replica: Replica): Promise<{ readonly fit: Assembled; readonly from: Resumed | undefined }> {
    if (!this.#transformed) this.#model = await transformModel(this.#settings(checked, replica));
    this.#transformed = true;
    this.#model.init(keyOfSeed(this.#options.seed));
    replica.begin(this.#model);
    this.#plan = this.#resolve({ batchSize: checked.batchSize, replicas: replica.size });
    const from = await replica.resumed(() => openResume(checked.resume));
    try {
      this.dispose();
      const fit = prepare(this.#settings(checked, replica), from);
      this.#fit = fit;
      return { fit, from };
    } finally {
      from?.dispose();
    }
  }

  /**
   * Loss and metrics of a data set in evaluation mode: with the weights that a plugin kept for the fit to return, else through
   * its `aroundEval` hooks, such as averages.
   *
   * @throws data: an empty data set. option: a bad option.
   */
  async evaluate(dataset: Dataset, options: EvaluateOptions = {}): Promise<EvaluationResult> {
    checkOptions('evaluate', options, ['batchSize', 'split']);
    checkDataset('evaluate', 'dataset', dataset);
    const batchSize = checkNumber('evaluate', 'batchSize', options.batchSize ?? 256, { min: 1, integer: true });
    await ready();
    this.#model.init(keyOfSeed(this.#options.seed));
    const { loss, ...rest } = await this.#evaluate(dataset, batchSize, options.split ?? 'test');
    return { loss, ...rest.metrics };
  }

  async #evaluate(dataset: Dataset, batchSize: number, split: string): Promise<EvalResult> {
    const { loss, metrics } = this.#options;
    const breather = this.#breather;
    if (!this.#fit || this.#last) return evaluate({ model: this.#model, loss, metrics, dataset, batchSize, breather });
    const arena = new Arena();
    try {
      return (await evaluateWith(this.#fit.run, this.#fit.hooks, split, dataset, breather, arena, batchSize)).result;
    } finally {
      arena.dispose();
    }
  }

  /** What a fit would do: settings, plugins, the order of hooks, claims, findings, and the rates of every parameter. */
  explain(): string {
    const { optimizer, loss, metrics, accumulate, batchStatistics, seed } = this.#options;
    return explain({
      plan: this.#plan, model: this.#model, loss, optimizer, metrics, pieces: piecesOf(this.#model, { accumulate, batchStatistics }), seed, rates: this.#rates(), findings: this.#fit?.run.findings ?? [],
    });
  }

  /**
   * The last fit, or the one that runs, between two steps (in `onProgress`): a copy to go on from with `fit({ resume })`. The
   * caller owns its tensors.
   *
   * @throws state: before the first fit, in a step, or after one that failed in the middle.
   */
  async snapshot(): Promise<FitSnapshot> {
    const { run } = this.#fit ?? fail('state', 'snapshot: there is no fit yet.');
    if (run.now) fail('state', 'snapshot: a step is in progress. Take snapshots in `onProgress`, or after the fit.');
    if (run.torn) fail('state', `snapshot: the fit failed in the middle of step ${run.step + 1}, so weights and states may be of different steps. Go on from a checkpoint (\`fit({ checkpoint })\` writes them).`);
    await run.reads.settle();
    return copySnapshot(run, this.#last ?? run.store.weights);
  }

  /** Gives back the states of optimizer and plugins of the last fit. The model stays. */
  dispose(): void {
    this.#fit?.run.dispose();
    this.#fit = undefined;
    if (this.#last) disposeWeights(this.#last);
    this.#last = undefined;
  }

  #resolve(fit: { readonly batchSize?: number; readonly replicas?: number } = {}): ResolvedPlan {
    const { plugins, loss, optimizer, accumulate, batchStatistics } = this.#options;
    return resolvePlan(plugins, this.#model, { loss, optimizer, accumulate, batchStatistics, ...fit });
  }

  #settings(fit?: CheckedFitOptions, replica: Replica = alone): RunSettings {
    const { loss, optimizer, metrics, accumulate, batchStatistics, nonFinite, seed } = this.#options;
    const skip = this.#plan.plugins.some(({ plugin }) => plugin.nonFinite === 'skip');
    return {
      plan: this.#plan, model: this.#model, loss, optimizer, metrics, accumulate, batchStatistics, nonFinite: skip ? 'skip' : nonFinite, key: keyOfSeed(seed),
      seed, train: fit?.train ?? nothing, validation: fit?.validation, batchSize: fit?.batchSize ?? 1, evalBatchSize: fit?.evalBatchSize ?? 256,
      epochs: fit?.epochs ?? 1, shuffle: fit?.shuffle ?? true, dropLast: fit?.dropLast ?? false, evaluateEvery: this.#options.evaluateEvery,
      totalSteps: fit ? fit.epochs * stepsPerEpoch(fit) : 1, replica, readInterval: fit ? currentExecutor().readInterval ?? 1 : 1,
    };
  }

  /** Rates by the groups of plugins, which most can tell before there are weights. */
  #rates(): RateTable | string {
    if (this.#fit) return this.#fit.run.rateTable;
    const assembled = assemble(this.#settings());
    try {
      collectRates(assembled);
      return assembled.run.rateTable;
    } catch (error) {
      return `known once the fit starts (${error instanceof Error ? error.message : String(error)})`;
    }
  }

  async #alone<T>(what: string, fn: () => Promise<T>): Promise<T> {
    if (this.#busy) fail('state', `${what}: this Trainer is in a fit already. Await it, or make another Trainer.`);
    this.#busy = true;
    try {
      return await fn();
    } finally {
      this.#busy = false;
    }
  }
}

const nothing: Dataset = { size: 0, batch: () => fail('state', 'There is no data before a fit.') };
