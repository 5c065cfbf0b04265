/** `parsimony explain`: what a training would do, before any of it. */
import { createPlan, type Finding, losses, useBackend } from '@parsimony/core';
import { defineCommand } from 'citty';
import { table } from '../terminal/table';
import { checkConfig, type RunName, type TrainConfig } from '../train/config';
import { type ConfigRow, configRows } from '../train/describe';
import { classesOf, loadData } from '../train/experiment';
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

const indented = (text: string): string => text.split('\n').map((line) => `  ${line}`).join('\n');

export const explainCommand = defineCommand({
  meta: { name: 'parsimony explain', description: 'Print the configuration with its defaults, the plan, the order of hooks, findings and the rates of every parameter, and train nothing' },
  args: explainFlags,
  async run({ args }) {
    const given = configOfFlags(args, 'parsimony explain', Object.keys(explainFlags));
    const file = await loadConfig(typeof args.config === 'string' ? args.config : undefined);
    const config = checkConfig('parsimony explain', { ...file.given, ...given });
    await useBackend('wasm', { threads: 1 });
    console.log(await explainConfig(config, configRows(config, [{ name: file.file ?? 'default', given: file.given }, { name: 'command line', given }])));
  },
});
