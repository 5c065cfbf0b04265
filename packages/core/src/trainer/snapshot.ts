/** A fit between two steps, as copies of tensors and plain data: what a checkpoint writes and a later fit goes on from. */
import { fail, show } from '../errors';
import { sameShape, showShape } from '../tensor/shape';
import type { Json, Params, Weights } from '../types';
import type { EvalResult, HistoryRow, PluginKey, State } from './contract';
import type { Run } from './parts/run';
import type { EpochTotals } from './parts/totals';
import { copyParams, copyWeights } from './parts/weight-store';

export interface PluginSnapshot {
  readonly name: string;
  readonly version: string;
  readonly options: Json;
  readonly stateVersion: number;
  readonly state: State;
}

export interface FitSnapshot {
  readonly seed: number;
  readonly epoch: number;
  /** Steps done. */
  readonly step: number;
  /** Batches of the epoch done. */
  readonly batch: number;
  readonly totals: EpochTotals;
  readonly evaluated: { readonly step: number; readonly result: EvalResult } | null;
  readonly history: readonly HistoryRow[];
  /** Scales of learning rates that plugins set, by plugin and glob. */
  readonly lrScales: Readonly<Record<string, readonly (readonly [match: string, scale: number])[]>>;
  readonly weights: Weights;
  readonly optimizer: { readonly name: string; readonly options: Json; readonly state: State };
  readonly kept: { readonly weights: Weights; readonly why: string; readonly epoch: number; readonly step: number } | null;
  readonly plugins: Readonly<Record<PluginKey, PluginSnapshot>>;
}

const copyState = ({ tensors, json }: State): State => ({ tensors: copyParams(tensors), json });

/** Copies; the caller owns them. */
export function takeSnapshot(run: Run, seed: number, weights: Weights): FitSnapshot {
  const { optimizer } = run.settings;
  return {
    seed, epoch: run.epoch, step: run.step, batch: run.batch, totals: run.totals, evaluated: run.evaluated ?? null, history: run.history,
    lrScales: Object.fromEntries([...run.rateTable.scales].map(([plugin, scales]) => [plugin, [...scales]])),
    weights: copyWeights(weights),
    optimizer: { name: optimizer.name, options: optimizer.options, state: copyState(run.optimizerState) },
    kept: run.kept ? { ...run.kept, weights: copyWeights(run.kept.weights) } : null,
    plugins: Object.fromEntries(run.plugins.map(({ key, plugin, state }) => [key, {
      name: plugin.name, version: plugin.version, options: plugin.options, stateVersion: plugin.stateVersion ?? 0, state: copyState(state),
    }])),
  };
}

/**
 * Brings a fresh run to where a snapshot was taken. Copies; the snapshot stays the caller's.
 *
 * @throws state: another seed, optimizer, model or list of plugins; the error names it.
 */
export function restoreSnapshot(run: Run, seed: number, snapshot: FitSnapshot): void {
  if (snapshot.seed !== seed) fail('state', `fit: the snapshot was taken with seed ${snapshot.seed}, the Trainer has seed ${seed}. Make the Trainer with that seed.`);
  const { optimizer } = run.settings;
  if (snapshot.optimizer.name !== optimizer.name) fail('state', `fit: the snapshot was taken with the optimizer '${snapshot.optimizer.name}', the Trainer has '${optimizer.name}'.`);
  const { params, buffers } = run.store.weights;
  checkSame('weights', snapshot.weights, { ...params, ...buffers });
  checkOptimizer(run, snapshot);
  const states = pluginStates(run, snapshot);
  run.store.load(snapshot.weights);
  run.epoch = snapshot.epoch;
  run.step = snapshot.step;
  run.batch = snapshot.batch;
  run.totals = snapshot.totals;
  run.evaluated = snapshot.evaluated ?? undefined;
  run.history = [...snapshot.history];
  run.kept = snapshot.kept ? { ...snapshot.kept, weights: copyWeights(snapshot.kept.weights) } : undefined;
  for (const [plugin, scales] of Object.entries(snapshot.lrScales)) for (const [match, scale] of scales) run.rateTable.setScale(plugin as PluginKey, match, scale);
  for (const tensor of Object.values(run.optimizerState.tensors)) tensor.dispose();
  run.optimizerState = copyState(snapshot.optimizer.state);
  for (const [own, state] of states) run.setState(own, copyState(state));
}

function checkSame(what: string, { params, buffers }: Weights, own: Params): void {
  const given: Params = { ...params, ...buffers };
  const wrong = [...new Set([...Object.keys(own), ...Object.keys(given)])].filter((path) => {
    const [a, b] = [own[path], given[path]];
    return !a || !b || !sameShape(a.shape, b.shape);
  });
  if (wrong.length === 0) return;
  const [path = ''] = wrong;
  const shape = (x: Params[string] | undefined): string => (x ? showShape(x.shape) : 'not there');
  fail('state', `fit: the snapshot is of another model: ${what} of \`${path}\` are ${shape(given[path])} in the snapshot, ${shape(own[path])} here${wrong.length > 1 ? `, and ${wrong.length - 1} more differ` : ''}.`);
}

function checkOptimizer(run: Run, snapshot: FitSnapshot): void {
  checkSame('optimizer state', { params: snapshot.optimizer.state.tensors, buffers: {} }, run.optimizerState.tensors);
}

/** The state of each plugin, migrated where it is older. */
function pluginStates(run: Run, snapshot: FitSnapshot): [Run['plugins'][number], State][] {
  const known = new Set<string>(run.plugins.map(({ key }) => key));
  for (const [key, { version, options }] of Object.entries(snapshot.plugins)) {
    if (!known.has(key)) fail('state', `fit: the snapshot was taken with the plugin ${key} ${version} and options ${show(options)}, which the Trainer does not have. Add it, or begin anew.`);
  }
  return run.plugins.flatMap((own): [Run['plugins'][number], State][] => {
    const { key, plugin } = own;
    const saved = snapshot.plugins[key];
    if (!saved) {
      if (plugin.requiredOnLoad !== true) return [];
      fail('state', `fit: the snapshot was taken without the plugin ${key}, which cannot begin in the middle of a fit. Leave it out, or begin anew.`, { plugin: key });
    }
    const version = plugin.stateVersion ?? 0;
    if (saved.stateVersion === version) return [[own, saved.state]];
    if (saved.stateVersion > version || !plugin.migrate) {
      fail('state', `fit: the state of ${key} in the snapshot has version ${saved.stateVersion} (of ${saved.version}); this is ${plugin.version} with version ${version}${plugin.migrate ? '' : ' and no way to migrate'}. Install ${plugin.name} ${saved.version}.`, { plugin: key });
    }
    return [[own, plugin.migrate(saved.state, saved.stateVersion)]];
  });
}
