/** `parsimony explain`: what a training would do, before any of it, and what the advisor makes of one that is done. */
import type { Configuration } from '@parsimony/advisor';
import { createPlan, fail, type Finding, losses, useBackend } from '@parsimony/core';
import { defineCommand } from 'citty';
import { table } from '../terminal/table';
import { adviceAfter, adviceBefore, adviceOnChanges, adviceText } from '../train/advice';
import { checkConfig, type RunName, type TrainConfig } from '../train/config';
import { configJson, type ConfigRow, configRows } from '../train/describe';
import { classesOf, loadData } from '../train/experiment';
import { TrainingFolder } from '../train/folder';
import { loadConfig } from '../train/load-config';
import { buildModel, type ModelChoice, modelName } from '../train/models';
import { makeOptimizer } from '../train/optimizer';
import { makeTrainer, pluginsOf } from '../train/recipes';
import { rateOf } from '../train/schedule';
import { configOfFlags, flags } from './flags';

const { json: _json, report: _report, resume: _resume, ...explainFlags } = flags;

export async function explainConfig(config: TrainConfig, rows: readonly ConfigRow[]): Promise<string> {
  const parts = [`Configuration\n${indented(table(['key', 'value', 'from'], rows.map(({ key, value, from }) => [key, value, from])))}`];
  for (const model of config.models) {
    const data = await loadData(config, model);
    for (const run of config.runs) parts.push(await explainRun(config, model, run, classesOf(data), stepsOf(config, data.train.size)));
  }
  return parts.join('\n\n');
}

async function explainRun(config: TrainConfig, model: ModelChoice, run: RunName, classes: number, steps: string): Promise<string> {
  const trainer = await makeTrainer(config, { model, run, seed: config.seed, classes });
  const more = await findingsOfBatchSize(config, model, run, classes, trainer.findings);
  return [
    `Run: ${modelName(model)} ${run}`, steps, trainer.explain(),
    adviceText(adviceBefore(config as unknown as Configuration, run, trainer.findings)),
    ...(more.length === 0 ? [] : [`With a batch size of ${config.batchSize}`, ...more.map((f) => `  ${f.severity} ${f.code}: ${f.message}${f.hint === undefined ? '' : `\n    ${f.hint}`}`)]),
  ].join('\n');
}

/** A plan made without a fit does not know the batch size, which some checks ask for. */
async function findingsOfBatchSize(config: TrainConfig, model: ModelChoice, run: RunName, classes: number, known: readonly Finding[]): Promise<readonly Finding[]> {
  const network = buildModel(model, run === 'regularized', classes);
  network.assignPaths();
  const { findings } = createPlan(await pluginsOf(model, run, config, classes), network, {
    loss: losses.crossEntropy(), optimizer: makeOptimizer(config.optimizer, rateOf(config.lr, config.schedule)), batchSize: config.batchSize,
    accumulate: config.accumulate, batchStatistics: config.batchStatistics,
  });
  return findings.filter(({ message }) => !known.some((k) => k.message === message));
}

function stepsOf({ epochs, batchSize }: TrainConfig, samples: number): string {
  const each = Math.ceil(samples / batchSize);
  return `${epochs} epochs of ${each} steps, ${epochs * each} steps at most`;
}

/** What the advisor makes of the runs of a training that are finished; and, where a configuration is given now, of how much it changes. */
export async function explainTraining(folder: string, now: TrainConfig | undefined): Promise<string> {
  const { begun, records, path } = await TrainingFolder.open(folder, 'parsimony explain: there is no training in');
  const config = begun.config as Configuration;
  const parts = records.map((record) => {
    const { model, run, seed, train, validation } = record.outcome;
    return `Run: ${model} ${run}, seed ${seed}: training ${(100 * train).toFixed(2)} %, validation ${(100 * validation).toFixed(2)} %\n${adviceText(adviceAfter(config, record))}`;
  });
  if (parts.length === 0) fail('file', `parsimony explain: no run of ${path} is finished. Go on with it: parsimony train --resume ${path}.`);
  const changes = now === undefined ? [] : adviceOnChanges(configJson(now) as Configuration, config);
  return [`Training: ${path}`, ...parts, ...(changes.length === 0 ? [] : [`From it to the configuration of now\n${adviceText(changes)}`])].join('\n\n');
}

const indented = (text: string): string => text.split('\n').map((line) => `  ${line}`).join('\n');

export const explainCommand = defineCommand({
  meta: { name: 'parsimony explain', description: 'Print the configuration with its defaults, the plan, the order of hooks, findings and the rates of every parameter, and train nothing' },
  args: { ...explainFlags, from: { type: 'string', description: 'Print what the advisor makes of this training instead, of its runs that are finished', valueHint: 'FOLDER' } },
  async run({ args }) {
    const given = configOfFlags(args, 'parsimony explain', [...Object.keys(explainFlags), 'from']);
    const file = await loadConfig(typeof args.config === 'string' ? args.config : undefined);
    const config = checkConfig('parsimony explain', { ...file.given, ...given });
    if (args.from !== undefined) {
      if (args.from.trim() === '') fail('config', 'parsimony explain: --from needs the folder of a training.');
      const anything = Object.keys(given).length > 0 || Object.keys(file.given).length > 0;
      console.log(await explainTraining(args.from, anything ? config : undefined));
      return;
    }
    await useBackend('wasm', { threads: 1 });
    console.log(await explainConfig(config, configRows(config, [{ name: file.file ?? 'default', given: file.given }, { name: 'command line', given }])));
  },
});
