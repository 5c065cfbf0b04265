/** `parsimony train`. */
import { readFile, writeFile } from 'node:fs/promises';
import { backendInfo, fail, useBackend } from '@parsimony/core';
import { defineCommand } from 'citty';
import { duration, terminalProgress } from '../terminal/progress';
import { checkConfig, parseConfig, type TrainConfig } from '../train/config';
import { loadData, type Outcome, trainOnce } from '../train/experiment';
import { comparisonLine, comparisons, resultsTable } from '../train/results';
import { configOfFlags, flags } from './flags';

async function configOfFile(name: string): Promise<Partial<TrainConfig>> {
  let text: string;
  try {
    text = await readFile(name, 'utf8');
  } catch (error) {
    return fail('file', `parsimony train: the configuration ${name} could not be read (${(error as Error).message}).`, { cause: error });
  }
  return parseConfig(name, text);
}

/** Every model, run and seed of a configuration, one after the other, with progress on the terminal. */
async function trainAll(config: TrainConfig, out: NodeJS.WriteStream): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const model of config.models) {
    const data = await loadData(config, model);
    for (const run of config.runs) {
      for (let seed = config.seed; seed < config.seed + config.seeds; seed++) {
        const title = `${model} ${run}${config.seeds > 1 ? `, seed ${seed}` : ''}`;
        const progress = terminalProgress(title, out);
        outcomes.push(await trainOnce(config, model, run, seed, data, {
          update: (values) => progress.update(values),
          finish: (o) => progress.finish(`${title}: ${o.epochs} epochs in ${duration(o.seconds)} (${o.reason}); test accuracy ${(100 * o.test).toFixed(2)} %`),
        }));
      }
    }
  }
  return outcomes;
}

async function train(config: TrainConfig, json: string | undefined): Promise<void> {
  const out = process.stdout;
  const startedAt = performance.now();
  await useBackend('wasm', config.threads === 0 ? {} : { threads: config.threads });
  out.write(`${backendInfo().description}. Data: ${config.data}; ${config.trainSize} images to train on, ${config.validationSize} for validation.\n\n`);
  const outcomes = await trainAll(config, out);
  const compared = comparisons(outcomes);
  out.write(`\n${resultsTable(outcomes)}\n`);
  if (config.seeds > 1) out.write(`\nMean +- standard deviation of ${config.seeds} seeds.\n`);
  if (compared.length > 0) out.write(`\n${compared.map(comparisonLine).join('\n')}\n`);
  if (json !== undefined) {
    try {
      await writeFile(json, `${JSON.stringify({ config, outcomes, comparisons: compared }, null, 2)}\n`);
    } catch (error) {
      fail('file', `parsimony train: the results above could not be written to ${json} (${(error as Error).message}).`, { cause: error });
    }
  }
  out.write(`\nDone in ${duration((performance.now() - startedAt) / 1000)}.\n`);
}

export const trainCommand = defineCommand({
  meta: { name: 'parsimony train', description: 'Train networks on images without and with regularizers, and compare their test errors' },
  args: flags,
  async run({ args }) {
    const given = configOfFlags(args);
    const file = typeof args.config === 'string' ? await configOfFile(args.config) : {};
    await train(checkConfig('parsimony train', { ...file, ...given }), typeof args.json === 'string' ? args.json : undefined);
  },
});
