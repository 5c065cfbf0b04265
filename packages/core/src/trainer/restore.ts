/** Brings a fresh run to where a snapshot was taken, or says why it cannot. Everything is checked before anything changes. */
import { fail, show } from '../errors';
import { isPlainObject } from '../tensor/find';
import { scope } from '../tensor/scope';
import { sameShape, showShape } from '../tensor/shape';
import type { Json, Params, Weights } from '../types';
import type { Finding, PluginKey, State } from './contract';
import { guard } from './parts/blame';
import { checkState, type PluginRuntime, type Run } from './parts/run';
import { copyParams, copyWeights } from './parts/weight-store';
import { type FitSettings, type FitSnapshot, type PluginSnapshot, settingsOf } from './snapshot';

const copyState = ({ tensors, json }: State): State => ({ tensors: copyParams(tensors), json });

/**
 * Copies; the snapshot stays the caller's. `what` is how messages call it.
 *
 * @throws state: another seed, data, optimizer, model or list of plugins; the error names it.
 */
export function restoreSnapshot(run: Run, snapshot: FitSnapshot, what = 'the snapshot'): void {
  checkSettings(run, snapshot, what);
  checkModel(run, snapshot.weights, what);
  checkOptimizer(run, snapshot, what);
  checkPlugins(run, snapshot, what);
  const states = run.plugins.flatMap((own): [PluginRuntime, State][] => {
    const saved = snapshot.plugins[own.key];
    return saved ? [[own, stateOf(own, saved, what)]] : [];
  });
  run.findings.push(...differences(run, snapshot, what));
  run.store.load(snapshot.weights);
  run.id = snapshot.fit;
  run.epoch = snapshot.epoch;
  run.step = snapshot.step;
  run.batch = snapshot.batch;
  run.stopReason = snapshot.stopped ?? undefined;
  run.totals = snapshot.totals;
  run.evaluated = snapshot.evaluated ?? undefined;
  run.history = [...snapshot.history];
  run.kept = snapshot.kept ? { ...snapshot.kept, weights: copyWeights(snapshot.kept.weights) } : undefined;
  for (const [plugin, scales] of Object.entries(snapshot.lrScales)) for (const [match, scale] of scales) run.rateTable.setScale(plugin as PluginKey, match, scale);
  for (const tensor of Object.values(run.optimizerState.tensors)) tensor.dispose();
  run.optimizerState = copyState(snapshot.optimizer.state);
  for (const [own, state] of states) run.setState(own, state);
}

/** Settings without which the steps to come would see other samples than those of one uninterrupted run. */
const data: readonly (readonly [keyof FitSettings, string])[] = [
  ['trainSize', 'Give the same training data.'], ['batchSize', 'Give the same one.'], ['shuffle', 'Give the same one.'], ['dropLast', 'Give the same one.'],
];

function checkSettings(run: Run, { seed, epoch, settings }: FitSnapshot, what: string): void {
  if (seed !== run.settings.seed) fail('state', `fit: ${what} was taken with seed ${seed}, the Trainer has seed ${run.settings.seed}. Make the Trainer with that seed.`);
  const here = settingsOf(run);
  for (const [name, hint] of data) {
    if (settings[name] !== here[name]) fail('state', `fit: ${what} was taken with \`${name}\` ${show(settings[name])}, this fit has ${show(here[name])}. ${hint}`);
  }
  if (epoch > here.epochs) fail('state', `fit: ${what} was taken after ${epoch} epochs, and this fit has \`epochs\` ${here.epochs}. Give more.`);
}

function checkModel(run: Run, given: Weights, what: string): void {
  const own = run.store.weights;
  const wrong = differing({ ...given.params, ...given.buffers }, { ...own.params, ...own.buffers });
  if (wrong) fail('state', `fit: ${what} is of another model: ${wrong}. Build the model as it was.`);
}

function checkOptimizer(run: Run, { optimizer }: FitSnapshot, what: string): void {
  const { name } = run.settings.optimizer;
  if (optimizer.name !== name) fail('state', `fit: ${what} was taken with the optimizer '${optimizer.name}', the Trainer has '${name}'. Make the Trainer with optim.${optimizer.name}.`);
  const wrong = differing(optimizer.state.tensors, run.optimizerState.tensors);
  if (wrong) fail('state', `fit: ${what} has another state of the optimizer '${name}': ${wrong}. Was it made with other options, ${show(optimizer.options)}?`);
}

/** The first tensor that is not the same in kind, and how many more. */
function differing(given: Params, own: Params): string | undefined {
  const wrong = [...new Set([...Object.keys(own), ...Object.keys(given)])].filter((path) => {
    const [a, b] = [given[path], own[path]];
    return !a || !b || !sameShape(a.shape, b.shape) || a.dtype !== b.dtype;
  });
  const [path] = wrong;
  if (path === undefined) return undefined;
  const [a, b] = [given[path], own[path]];
  const kind = (x: Params[string] | undefined): string => (x ? `${showShape(x.shape)}${a && b && a.dtype !== b.dtype ? ` ${x.dtype}` : ''}` : 'not there');
  return `\`${path}\` is ${kind(a)} in it, and ${kind(b)} here${wrong.length > 1 ? `; ${wrong.length - 1} more differ` : ''}`;
}

/** The same plugins in the same order, with the same options. */
function checkPlugins(run: Run, snapshot: FitSnapshot, what: string): void {
  const here = run.plugins.map(({ key }) => key);
  const known = new Set<string>(here);
  for (const [key, { version, options }] of Object.entries(snapshot.plugins)) {
    if (!known.has(key)) fail('state', `fit: ${what} was taken with the plugin ${key} ${version} and the options ${show(options)}, which the Trainer does not have. Add it, or begin anew.`);
  }
  for (const { key, plugin } of run.plugins) {
    const saved = snapshot.plugins[key];
    if (!saved && plugin.requiredOnLoad !== false) {
      fail('state', `fit: ${what} was taken without the plugin ${key} ${plugin.version}, which the Trainer has with the options ${show(plugin.options)}. Leave it out, or begin anew.`, { plugin: key });
    }
    if (saved) checkPluginOptions(key, saved, plugin, what);
  }
  const [before, now] = [Object.keys(snapshot.plugins), here.filter((key) => snapshot.plugins[key])];
  if (before.join() !== now.join()) fail('state', `fit: ${what} was taken with the plugins in the order ${before.join(', ')}; the Trainer has ${now.join(', ')}. Give them in that order.`);
}

/** Another version may know other options; what both know must agree. */
function checkPluginOptions(key: PluginKey, saved: PluginSnapshot, own: PluginRuntime['plugin'], what: string): void {
  const both = saved.version === own.version ? undefined : (name: string) => [saved.options, own.options].every((options) => isPlainObject(options) && name in options);
  const pick = (options: Json): string => canonical(isPlainObject(options) ? Object.fromEntries(Object.entries(options).filter(([name]) => both?.(name) ?? true)) as Json : options);
  if (pick(saved.options) === pick(own.options)) return;
  fail('state', `fit: ${what} was taken with the plugin ${key} ${saved.version} and the options ${show(saved.options)}; the Trainer has it with ${show(own.options)}. Give the same options, or begin anew.`, { plugin: key });
}

/** As text, whatever the order of its keys. */
const canonical = (value: Json): string => JSON.stringify(value, (_, x: unknown) => (isPlainObject(x) ? Object.fromEntries(Object.entries(x).sort(([a], [b]) => (a < b ? -1 : 1))) : x));

/** A copy of the saved state, migrated where it is older. */
function stateOf({ key, plugin }: PluginRuntime, saved: PluginSnapshot, what: string): State {
  const version = plugin.stateVersion ?? 0;
  if (saved.stateVersion === version) return copyState(saved.state);
  const { migrate } = plugin;
  if (saved.stateVersion > version || !migrate) {
    return fail('state', `fit: the state of ${key} in ${what} has version ${saved.stateVersion} (of ${saved.version}); this is ${plugin.version} with version ${version}${saved.stateVersion < version ? ' and no way to migrate' : ''}. Install ${plugin.name} ${saved.version}.`, { plugin: key });
  }
  // What `migrate` makes goes with the scope; the copy is kept.
  return guard(key, 'migrate', () => scope(() => copyState(checkState(key, migrate(saved.state, saved.stateVersion)))));
}

/** What may change on purpose, and makes it another run than the one that was begun. */
function differences(run: Run, { settings, optimizer, plugins }: FitSnapshot, what: string): Finding[] {
  const here = settingsOf(run);
  const changed: [string, Json, Json][] = [
    ['epochs', settings.epochs, here.epochs], ['accumulate', settings.accumulate, here.accumulate],
    ['batchStatistics', settings.batchStatistics ?? 'microbatch', here.batchStatistics ?? 'microbatch'], ['replicas', settings.replicas ?? 1, here.replicas ?? 1], ['evaluateEvery', settings.evaluateEvery, here.evaluateEvery],
    ['the loss', settings.loss as unknown as Json, here.loss as unknown as Json], ['the optimizer\'s options', optimizer.options, run.settings.optimizer.options],
    ...run.plugins.flatMap(({ key, plugin }): [string, Json, Json][] => (plugins[key] ? [[`the version of ${key}`, plugins[key].version, plugin.version]] : [])),
  ];
  return changed.filter(([, a, b]) => canonical(a) !== canonical(b)).map(([name, a, b]) => ({
    severity: 'info', code: 'resumed-otherwise', plugins: [],
    message: `${what} was taken with ${name} ${show(a)}; this fit has ${show(b)}, so it is another run than the one that was begun.`,
  }));
}
