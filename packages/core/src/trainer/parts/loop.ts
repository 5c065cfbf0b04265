/** The loop of a fit: epochs, steps, evaluations, and the awaits between them. */
import { BatchStream, type NextBatch } from '../../data/batch-stream';
import { loadBatch, requests } from '../../data/loader';
import type { Executor } from '../../backends/executor';
import type { Dataset } from '../../data/dataset';
import { fail } from '../../errors';
import { checkBatch } from '../../data/check-batch';
import { Arena } from '../../tensor/scope';
import type { Batch, Weights } from '../../types';
import type { EvalResult, HistoryRow, HookName } from '../contract';
import type { Checkpointer } from '../checkpoint/checkpointer';
import type { Listener } from '../events';
import { aborted } from '../snapshot';
import { isPromise } from './blame';
import { Breather } from './breathe';
import { evaluate } from './evaluation';
import type { Hooks } from './hooks';
import { combined } from './metric-parts';
import { Pace } from './pace';
import type { PluginRuntime, Run, StepState } from './run';
import { microbatches } from './split-batch';
import { runStep } from './step';
import { addTo, meanOf, meansOf, noTotals } from './totals';

export interface LoopOptions {
  readonly signal: AbortSignal | undefined;
  readonly listener: Listener | undefined;
  readonly executor: Executor;
  readonly checkpointer: Checkpointer | undefined;
}

const fitContext = (own: PluginRuntime): unknown => own.contexts.fit;
const stepContext = (own: PluginRuntime): unknown => own.contexts.step;

export class Loop {
  readonly #breather = new Breather();
  readonly #pace: Pace;
  readonly #batches: BatchStream;
  #clock = performance.now();

  constructor(readonly run: Run, readonly hooks: Hooks, readonly options: LoopOptions) {
    this.#pace = new Pace(options.executor);
    const { train, batchSize, key, shuffle, dropLast, epochs, totalSteps } = run.settings;
    this.#batches = new BatchStream(train, requests(train.size, { batchSize, key, shuffle, dropLast, epochs, totalSteps }, run), (load) => run.replica.share(load));
  }

  /** Until all epochs are done or something stops the run. */
  async go(): Promise<void> {
    try {
      await this.#epochs();
    } finally {
      await this.#batches.close();
    }
    await this.#settle();
    await this.#checkpoint('end');
  }

  async #epochs(): Promise<void> {
    const { run } = this;
    const { epochs, totalSteps } = run.settings;
    const perEpoch = totalSteps / epochs;
    // A fit that is resumed after it was stopped may have an epoch's end still to do.
    while (run.epoch < epochs && !this.#aborted() && (run.stopReason === undefined || run.batch > 0)) {
      this.#clock = performance.now();
      if (run.batch === 0) await this.#boundary('epochStart');
      else if (!this.#stopped()) await this.#evaluateIfDue();
      while (run.batch < perEpoch && !this.#stopped()) {
        await this.#step(this.#batches.next() ?? fail('state', 'The batches of this fit are at an end.'));
        if (!this.#stopped()) await this.#evaluateIfDue();
        if (run.batch < perEpoch && !this.#stopped()) await this.#checkpoint('afterStep');
      }
      if (run.batch < perEpoch || this.#aborted()) break;
      await this.#endEpoch();
      await this.#checkpoint('afterEpoch');
    }
  }

  async #checkpoint(when: 'afterStep' | 'afterEpoch' | 'end'): Promise<void> {
    const { run, options: { checkpointer } } = this;
    if (!checkpointer?.isDue(when)) return;
    await run.reads.settle();
    if (run.batch > 0) this.#tick();
    await checkpointer.write();
    if (checkpointer.last === undefined) return;
    run.events.push({ kind: 'checkpoint', step: run.step, epoch: run.epoch, path: checkpointer.last });
    await this.#send();
  }

  #stopped(): boolean { return this.#aborted() || this.run.stopReason !== undefined; }

  #aborted(): boolean {
    if (this.run.replica.asked(() => this.options.signal?.aborted ?? false)) this.run.stopReason ??= aborted;
    return this.run.stopReason === aborted;
  }

  async #step(due: NextBatch): Promise<void> {
    const { run, hooks } = this;
    const arena = new Arena();
    const now: StepState = { arena, micros: [], size: 0, staged: new Map(), micro: undefined, stepped: false, learningRate: 0 };
    run.now = now;
    run.torn = true;
    run.measured = [];
    try {
      const started = hooks.observeAsync('stepStart', stepContext, arena);
      if (started) await started;
      const loading = loadBatch(due, arena);
      const loaded = isPromise(loading) ? await loading : loading;
      const changing = hooks.transformAsync<Batch>('transformBatch', loaded, stepContext, arena, (next) => { checkBatch('transformBatch', next, next?.size); });
      const batch = isPromise(changing) ? await changing : changing;
      const before = run.optimizerState.json;
      arena.run(() => {
        run.current.size = batch.size;
        run.current.micros = microbatches(batch, run.pieces.count, run.replica);
        runStep(run, hooks);
      });
      this.#read(batch.size, before);
      const ended = hooks.observeAsync('stepEnd', (own) => own.contexts.stepEnd, arena);
      if (ended) await ended;
    } finally {
      for (const value of now.staged.values()) value.dispose();
      arena.dispose();
      run.now = undefined;
    }
    run.step++;
    run.batch++;
    run.torn = false;
    const { executor, listener } = this.options;
    const asked = listener?.steps ?? false;
    run.reads.endStep(asked);
    const caught = run.reads.deferred && !asked ? this.#pace.step() : undefined;
    if (caught) await caught;
    await run.reads.settle(run.step - 1 - (executor.readLag ?? 0));
    await this.#send();
    const pause = this.#breather.breathe();
    if (pause) await pause;
  }

  /** Takes the loss, whether the step was applied, and the metrics; deals with them when they have come. */
  #read(size: number, optimizerBefore: Run['optimizerState']['json']): void {
    const { run } = this;
    const { applied, loss, stepped, learningRate } = run.current;
    if (!applied || !loss) return;
    const { step, epoch, measured } = run;
    run.reads.push(step, [run.reads.take(loss), run.reads.take(applied), ...measured.flatMap(({ sum, count }) => [sum, count])], ([value = 0, open = 0, ...pairs]) => {
      let totals = { ...run.totals, learningRate };
      if (Number.isFinite(value)) totals = { ...totals, loss: addTo(totals.loss, value * size, size) };
      measured.forEach(({ name }, i) => {
        const [sum = 0, count = 0] = pairs.slice(2 * i, 2 * i + 2);
        totals = { ...totals, metrics: { ...totals.metrics, [name]: addTo(totals.metrics[name], sum, count) } };
      });
      if (open === 0 && stepped) {
        totals = { ...totals, skipped: totals.skipped + 1 };
        // A step that was left out does not count for the optimizer either; known in time where reads do not lag.
        if (run.step === step + 1 && !run.reads.deferred) run.optimizerState = { ...run.optimizerState, json: optimizerBefore };
        if (run.settings.nonFinite === 'stop') this.#refuse(step, value);
      }
      run.totals = totals;
      if (this.options.listener?.steps) run.events.push({
        kind: 'step', step: step + 1, totalSteps: run.totalSteps, epoch, loss: value, metrics: combined(run.settings.metrics, meansOf(totals.metrics)), learningRate, applied: open > 0,
      });
    });
  }

  #refuse(step: number, loss: number): never {
    const { run } = this;
    run.refused = step;
    run.torn = run.step !== step + 1;
    const what = Number.isFinite(loss) ? 'a gradient is not finite' : `the loss is ${loss}`;
    fail('non-finite', `fit: at step ${step} ${what}; the step was not applied, so the weights are still good. Lower the learning rate, clip the gradients, look for extreme inputs, or pass nonFinite: 'skip' to the Trainer to leave such steps out.`);
  }

  /** In the middle of an epoch; also where a resumed fit had not come to it. */
  async #evaluateIfDue(): Promise<void> {
    const { evaluateEvery } = this.run.settings;
    if (evaluateEvery !== undefined && this.run.step % evaluateEvery === 0) await this.#evaluate(true);
  }

  async #evaluate(ownRow: boolean): Promise<void> {
    const { run } = this;
    const { validation } = run.settings;
    if (!validation || run.evaluated?.step === run.step) return;
    await this.#settle();
    const arena = new Arena();
    try {
      const { result, weights } = await evaluateWith(run, this.hooks, 'validation', validation, this.#breather, arena);
      run.evaluated = { step: run.step, result };
      if (ownRow) run.history = [...run.history, { epoch: run.epoch, step: run.step, values: valuesOf(result) }];
      run.events.push({ kind: 'eval', split: 'validation', step: run.step, epoch: run.epoch, result });
      const ended = this.hooks.observeAsync('evalEnd', (own) => own.contexts.eval('validation', weights, result), arena);
      if (ended) await ended;
    } finally {
      arena.dispose();
    }
    await this.#settle();
  }

  async #endEpoch(): Promise<void> {
    const { run } = this;
    await this.#settle();
    if (run.settings.evaluateEvery === undefined) await this.#evaluate(false);
    this.#tick();
    const { totals } = run;
    const row = (): HistoryRow => ({
      epoch: run.epoch, step: run.step,
      values: {
        ...(totals.loss.count > 0 ? { loss: meanOf(totals.loss) } : {}), ...combined(run.settings.metrics, meansOf(totals.metrics)),
        ...(run.evaluated?.step === run.step ? valuesOf(run.evaluated.result) : {}),
        learningRate: totals.learningRate, seconds: totals.seconds, ...(totals.skipped > 0 ? { skippedSteps: totals.skipped } : {}), ...meansOf(run.totals.logs),
      },
    });
    run.replica.agree(run.store.weights);
    const before = run.history;
    run.history = [...before, row()];
    await this.#boundary('epochEnd');
    await run.reads.settle();
    // Again, with what epochEnd logged.
    run.history = [...before, row()];
    run.events.push({ kind: 'epoch', epoch: run.epoch, row: row() });
    run.epoch++;
    run.batch = 0;
    run.totals = noTotals;
    await this.#send();
  }

  /** A hook at an epoch's boundary. */
  async #boundary(name: HookName): Promise<void> {
    const arena = new Arena();
    try {
      const waiting = this.hooks.observeAsync(name, fitContext, arena);
      if (waiting) await waiting;
    } finally {
      arena.dispose();
    }
  }

  #tick(): void {
    const now = performance.now();
    this.run.totals = { ...this.run.totals, seconds: this.run.totals.seconds + (now - this.#clock) / 1000 };
    this.#clock = now;
  }

  async #settle(): Promise<void> {
    await this.run.reads.settle();
    await this.#send();
  }

  async #send(): Promise<void> {
    const { listener } = this.options;
    for (const event of this.run.events.splice(0)) {
      const waiting = listener?.tell(event);
      if (waiting) await waiting;
    }
  }
}

const valuesOf = ({ loss, metrics }: EvalResult): Record<string, number> => ({
  validationLoss: loss,
  ...Object.fromEntries(Object.entries(metrics).map(([name, value]) => [`validation${name.charAt(0).toUpperCase()}${name.slice(1)}`, value])),
});

/** An evaluation through the aroundEval hooks; the weights are those that were evaluated, if not the model's own. */
export async function evaluateWith(run: Run, hooks: Hooks, split: string, dataset: Dataset, breather: Breather, arena: Arena, batchSize = run.settings.evalBatchSize): Promise<{ result: EvalResult; weights: Weights | undefined }> {
  let used: Weights | undefined;
  const { model, loss, metrics } = run.settings;
  const result = await hooks.aroundAsync<Weights | undefined, EvalResult>('aroundEval', (own) => own.contexts.eval(split, undefined), (weights) => {
    used = weights;
    return run.replica.told(() => evaluate({ model, loss, metrics, dataset, batchSize, weights, breather }));
  }, arena)(undefined);
  return { result, weights: used };
}
