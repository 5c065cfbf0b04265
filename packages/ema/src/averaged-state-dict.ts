/** An average on its own: as a state dictionary, for a model or a file. */
import { checkOptions, fail, type FitSnapshot, nn, type Params, type PluginSnapshot, show } from '@parsimony/core';

export interface AveragedStateDictOptions {
  /** Key of the plugin: '@parsimony/ema', '@parsimony/ema#slow', '@parsimony/ema/swa'. Default: the only average there is. */
  readonly plugin?: string;
}

const names = ['@parsimony/ema', '@parsimony/ema/swa'];

/**
 * The parameters and buffers of an average by path, from a snapshot or a checkpoint: for `loadStateDict` of a model, or
 * `writeSafetensors`. The tensors are those of the snapshot.
 *
 * @param snapshot - What `trainer.snapshot()` or `loadCheckpoint(…)` gave, in the middle of a fit or after it.
 * @throws option: an unknown option. state: no average, none of that name, several and no name, or one that has not begun.
 * @example
 * ```ts
 * import { arrayDataset, losses, nn, optim, Trainer, writeSafetensors } from '@parsimony/core';
 * import { averagedStateDict, ema } from '@parsimony/ema';
 * const train = arrayDataset({ inputs: Float32Array.of(0, 1, 2, 3), shape: [1], values: Float32Array.of(1, 3, 5, 7), targetShape: [1] });
 * const plugins = [ema({ decay: 0.9 }), ema({ decay: 0.99, instance: 'slow', evaluate: 'none' })];
 * const trainer = new Trainer({ model: new nn.Linear(1, 1), loss: losses.mse(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7, plugins });
 * await trainer.fit({ train, epochs: 3, batchSize: 2 });
 * const slow = averagedStateDict(await trainer.snapshot(), { plugin: '@parsimony/ema#slow' });
 * const model = new nn.Linear(1, 1).loadStateDict(slow);
 * Object.keys(model.stateDict()); // => ['weight', 'bias']
 * (await writeSafetensors(slow)).length > 8; // => true
 * ```
 */
export function averagedStateDict(snapshot: FitSnapshot, options: AveragedStateDictOptions = {}): Params {
  const where = 'averagedStateDict';
  checkOptions(where, options, ['plugin']);
  const given: unknown = snapshot;
  if (given === null || typeof given !== 'object' || !('plugins' in given)) fail('state', `${where}: expected what \`trainer.snapshot()\` or \`loadCheckpoint\` gave, received ${show(given)}.`);
  if (options.plugin !== undefined && typeof options.plugin !== 'string') fail('option', `${where}: \`plugin\` must be the key of an average, such as '@parsimony/ema', received ${show(options.plugin)}.`);
  const plugins: Readonly<Record<string, PluginSnapshot>> = snapshot.plugins;
  const averages = Object.keys(plugins).filter((key) => names.includes(plugins[key]?.name ?? ''));
  const { plugin: key = averages.length > 1 ? undefined : averages[0] } = options;
  const there = averages.length === 0 ? 'The fit has none: add `ema()` or `swa()` to the plugins of the Trainer.' : `There are: ${averages.join(', ')}.`;
  if (key === undefined) return fail('state', averages.length === 0 ? `${where}: there is no average. ${there}` : `${where}: say which average by \`plugin\`. ${there}`);
  if (!averages.includes(key)) return fail('state', `${where}: there is no average of ${show(key)}. ${there}`);
  const weights = nn.unpackWeights(plugins[key]?.state.tensors ?? {});
  if (weights === undefined) return fail('state', `${where}: ${key} has not begun to average at step ${snapshot.step}. Take a later snapshot, or a smaller \`startStep\`.`);
  return { ...weights.params, ...weights.buffers };
}
