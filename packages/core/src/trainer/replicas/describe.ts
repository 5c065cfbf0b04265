/** What two trainers must have in common to train as one. */
import { toJson } from '../../checkpoint/json';
import { fail, show } from '../../errors';
import type { Json } from '../../types';
import { keyOf, openPlugin } from '../define-plugin';
import type { CheckedTrainerOptions } from '../options';

export function describeTrainer({ model, loss, optimizer, metrics, seed, accumulate, batchStatistics, evaluateEvery, nonFinite, plugins }: CheckedTrainerOptions): Json {
  return toJson('trainer', {
    model: model.namedModules().map(([path, module]) => `${path}: ${module.constructor.name}`),
    parameters: model.parameterShapes(),
    loss: [loss.lossName, loss.options],
    optimizer: [optimizer.name, optimizer.options],
    plugins: plugins.map(openPlugin).map((plugin) => [keyOf(plugin), plugin.version, plugin.options]),
    metrics: metrics.map(({ name }) => name),
    seed, accumulate, batchStatistics, evaluateEvery: evaluateEvery ?? null, nonFinite,
  });
}

export function expectSameTrainer(module: string, here: Json, there: Json): void {
  for (const [name, expected] of Object.entries(there as Readonly<Record<string, Json>>)) {
    const own = (here as Readonly<Record<string, Json>>)[name];
    if (JSON.stringify(own) === JSON.stringify(expected)) continue;
    fail('state', `the factory in ${module} makes another trainer than the one whose \`fit\` was called: \`${name}\` is ${show(own)}, and ${show(expected)} there. Pass what it was made with: \`factory: { module: import.meta.url, args: […] }\`.`);
  }
}
