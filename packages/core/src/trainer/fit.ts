/** One fit from start to end: what comes before the loop, and what comes after it whatever happens. */
import type { Executor } from '../backends/executor';
import { batchIds } from '../data/loader';
import { fail } from '../errors';
import { isModule, type Module } from '../nn/module';
import { Arena } from '../tensor/scope';
import type { Inputs, Outputs, Weights } from '../types';
import type { Finding, HistoryRow } from './contract';
import { assemble, type Assembled, collectRates, initStates } from './parts/assemble';
import { guard } from './parts/blame';
import { Loop } from './parts/loop';
import type { Run, RunSettings } from './parts/run';
import { copyWeights } from './parts/weight-store';
import { Checkpointer } from './checkpoint/checkpointer';
import type { Resumed } from './checkpoint/resume';
import type { CheckedFitOptions } from './options';
import { tell, tellEarly } from './parts/failure';
import type { ResolvedPlan } from './plan/plan';
import { alone } from './replicas/replica';
import { restoreSnapshot } from './restore';

export interface FitResult {
  /** One row an epoch; with `evaluateEvery` one for each evaluation within an epoch too. */
  readonly history: readonly HistoryRow[];
  /** 'completed', 'aborted', or what a plugin gave. */
  readonly reason: string;
  readonly epochs: number;
  readonly steps: number;
  readonly seconds: number;
  /** The weights that a plugin kept, which the model has now; undefined: it has the last ones. */
  readonly kept: { readonly why: string; readonly epoch: number; readonly step: number } | undefined;
  /** Paths of the last checkpoint, of the best where it is still there, and of all that `keepBest` keeps, the best first; undefined without `checkpoint`. */
  readonly checkpoints: { readonly last: string; readonly best: string | undefined; readonly ranked: readonly string[] } | undefined;
  /** What plugins reported while it ran. */
  readonly findings: readonly Finding[];
}

/** transformModel: the model that is trained. */
export async function transformModel(settings: RunSettings): Promise<Module<Inputs, Outputs>> {
  const { hooks, run } = assemble(settings);
  if (!hooks.has('transformModel')) return settings.model;
  const arena = new Arena();
  try {
    return await hooks.transformAsync('transformModel', run.model, (own) => own.contexts.fit, arena, (next) => {
      if (!isModule(next)) fail('plugin', 'transformModel must return a module.');
    });
  } finally {
    arena.dispose();
  }
}

export const stepsPerEpoch = ({ train, batchSize, dropLast }: CheckedFitOptions): number => batchIds(train.size, { batchSize, dropLast }).length;

/** A run that is ready to go, with states fresh or from what it resumes. */
export function prepare(settings: RunSettings, from: Resumed | undefined): Assembled {
  const assembled = assemble(settings);
  collectRates(assembled);
  try {
    initStates(assembled.run);
    if (from) restoreSnapshot(assembled.run, from.snapshot, from.path === undefined ? undefined : `the checkpoint ${from.path}`);
  } catch (error) {
    assembled.run.dispose();
    throw error;
  }
  return assembled;
}

export interface Finished {
  readonly result: FitResult;
  /** Weights of the last step, where the model now has others. */
  readonly last: Weights | undefined;
}

/** fitStart, the loop, fitEnd and teardown. */
export async function execute({ run, hooks }: Assembled, options: CheckedFitOptions, from: Resumed | undefined, executor: Executor): Promise<Finished> {
  const began = performance.now();
  const { epochs, signal, listener } = options;
  const checkpointer = options.checkpoint && new Checkpointer(run, options.checkpoint);
  const loop = new Loop(run, hooks, { signal, listener, executor, checkpointer });
  const errors: unknown[] = [];
  let started = false;
  try {
    await inArena(async (arena) => {
      started = true;
      await hooks.observeAsync('fitStart', (own) => own.contexts.fit, arena);
      run.reserveKept();
    });
    await checkpointer?.begin(from);
    await listener?.tell({ kind: 'start', epochs, stepsPerEpoch: run.totalSteps / epochs, totalSteps: run.totalSteps, step: run.step });
    await loop.go();
  } catch (error) {
    errors.push(error);
    leaveReplicas(run, error);
  }
  if (started) await inArena(async (arena) => { errors.push(...await hooks.observeAll('fitEnd', (own) => own.contexts.fit, arena)); });
  if (errors.length === 0) run.replica.end();
  errors.push(...await teardown(run.plugins));
  if (errors.length === 0) await run.reads.settle().catch((error: unknown) => { errors.push(error); });
  run.endLoop();
  if (errors.length > 0) {
    // The first is what went wrong; later ones are often its consequence.
    for (const error of errors.slice(1)) run.findings.push({ severity: 'error', code: 'also', message: error instanceof Error ? error.message : String(error), plugins: [] });
    throw run.settings.replica.rank === 0 ? tell(errors[0], run, checkpointer, from?.path) : errors[0];
  }
  const reason = run.stopReason ?? 'completed';
  const last = run.kept ? copyWeights(run.store.weights) : undefined;
  if (run.kept) run.store.load(run.kept.weights);
  await listener?.tell({ kind: 'end', reason });
  const kept = run.kept && { why: run.kept.why, epoch: run.kept.epoch, step: run.kept.step };
  const checkpoints = checkpointer?.last === undefined ? undefined : { last: checkpointer.last, best: checkpointer.best, ranked: checkpointer.ranked };
  return {
    last,
    result: { history: run.history, reason, epochs: run.epoch, steps: run.step, seconds: (performance.now() - began) / 1000, kept, checkpoints, findings: [...run.findings] },
  };
}

/** A fit that failed before it began: plugins may have opened things by then. The first error is what went wrong. */
export async function abandon(error: unknown, plugins: ResolvedPlan['plugins'], { resume }: CheckedFitOptions): Promise<never> {
  await teardown(plugins);
  throw tellEarly(error, resume);
}

/** What follows an error is done alone: the others would wait for what does not come. */
function leaveReplicas(run: Run, error: unknown): void {
  run.replica.fail(error);
  run.replica = alone;
}

/** `teardown` of every plugin, in reverse; what was thrown. */
async function teardown(plugins: ResolvedPlan['plugins']): Promise<unknown[]> {
  const errors: unknown[] = [];
  for (const { key, plugin } of plugins.toReversed()) {
    try {
      await guard(key, 'teardown', () => plugin.teardown?.());
    } catch (error) {
      errors.push(error);
    }
  }
  return errors;
}

async function inArena(fn: (arena: Arena) => Promise<void>): Promise<void> {
  const arena = new Arena();
  try {
    await fn(arena);
  } finally {
    arena.dispose();
  }
}
