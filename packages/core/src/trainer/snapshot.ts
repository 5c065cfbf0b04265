/** A fit between two steps, as tensors and plain data: what a checkpoint writes and a later fit goes on from. */
import type { Json, Params, Weights } from '../types';
import type { EvalResult, HistoryRow, PluginKey, State } from './contract';
import type { BatchStatistics } from './parts/pieces';
import type { Run } from './parts/run';
import type { EpochTotals } from './parts/totals';
import { copyParams } from './parts/weight-store';

export interface PluginSnapshot {
  readonly name: string;
  readonly version: string;
  readonly options: Json;
  readonly stateVersion: number;
  readonly state: State;
}

/** What decides which samples a step sees, and what the numbers of a run depend on beside model, optimizer and plugins. */
export interface FitSettings {
  readonly trainSize: number;
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly dropLast: boolean;
  readonly epochs: number;
  readonly accumulate: number;
  /** Not there in checkpoints of before: 'microbatch' and 1. */
  readonly batchStatistics?: BatchStatistics;
  readonly replicas?: number;
  /** Null: at epoch ends. */
  readonly evaluateEvery: number | null;
  readonly loss: { readonly name: string; readonly options: Json };
}

export interface FitSnapshot {
  /** Tells the fit from others; those that go on from it have the same. */
  readonly fit: string;
  readonly seed: number;
  readonly epoch: number;
  /** Steps done. */
  readonly step: number;
  /** Batches of the epoch done. */
  readonly batch: number;
  readonly settings: FitSettings;
  /** Why a plugin ended the fit, where one did. */
  readonly stopped: string | null;
  readonly totals: EpochTotals;
  readonly evaluated: { readonly step: number; readonly result: EvalResult } | null;
  readonly history: readonly HistoryRow[];
  /** Scales of learning rates that plugins set, by plugin and glob. */
  readonly lrScales: Readonly<Record<string, readonly (readonly [match: string, scale: number])[]>>;
  readonly weights: Weights;
  readonly optimizer: { readonly name: string; readonly options: Json; readonly state: State };
  readonly kept: { readonly weights: Weights; readonly why: string; readonly epoch: number; readonly step: number } | null;
  /** In the order of the plan. */
  readonly plugins: Readonly<Record<PluginKey, PluginSnapshot>>;
}

/** A reason of the caller's own, not of the training: a resumed fit goes on. */
export const aborted = 'aborted';

/**
 * The fit as it is now. Without `copy` the tensors are the fit's own, to be read before its next step; with it the caller owns
 * them.
 */
export function takeSnapshot(run: Run, weights: Weights, copy: (tensors: Params) => Params = (tensors) => tensors): FitSnapshot {
  const { optimizer } = run.settings;
  const copied = ({ params, buffers }: Weights): Weights => ({ params: copy(params), buffers: copy(buffers) });
  const state = ({ tensors, json }: State): State => ({ tensors: copy(tensors), json });
  return {
    fit: run.id, seed: run.settings.seed, epoch: run.epoch, step: run.step, batch: run.batch, settings: settingsOf(run),
    stopped: run.stopReason === undefined || run.stopReason === aborted ? null : run.stopReason,
    totals: run.totals, evaluated: run.evaluated ?? null, history: run.history,
    lrScales: Object.fromEntries([...run.rateTable.scales].map(([plugin, scales]) => [plugin, [...scales]])),
    weights: copied(weights),
    optimizer: { name: optimizer.name, options: optimizer.options, state: state(run.optimizerState) },
    kept: run.kept ? { ...run.kept, weights: copied(run.kept.weights) } : null,
    plugins: Object.fromEntries(run.plugins.map((own) => [own.key, {
      name: own.plugin.name, version: own.plugin.version, options: own.plugin.options, stateVersion: own.plugin.stateVersion ?? 0, state: state(own.state),
    }])),
  };
}

/** Copies, which the caller owns. */
export const copySnapshot = (run: Run, weights: Weights): FitSnapshot => takeSnapshot(run, weights, copyParams);

export function settingsOf({ settings }: Run): FitSettings {
  const { train, batchSize, shuffle, dropLast, epochs, accumulate, batchStatistics, replica, evaluateEvery, loss } = settings;
  return { trainSize: train.size, batchSize, shuffle, dropLast, epochs, accumulate, batchStatistics, replicas: replica.size, evaluateEvery: evaluateEvery ?? null, loss: { name: loss.lossName, options: loss.options } };
}

/** Every tensor of a snapshot, to be given back. */
export function snapshotTensors({ weights, optimizer, kept, plugins }: FitSnapshot): readonly Params[] {
  const sets = kept ? [weights, kept.weights] : [weights];
  return [...sets.flatMap(({ params, buffers }) => [params, buffers]), optimizer.state.tensors, ...Object.values(plugins).map(({ state }) => state.tensors)];
}
