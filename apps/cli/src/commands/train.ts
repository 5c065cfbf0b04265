/** `parsimony train`. */
import { writeFile } from 'node:fs/promises';
import { backendInfo, fail, useBackend } from '@parsimony/core';
import { defineCommand } from 'citty';
import { duration, terminalProgress } from '../terminal/progress';
import { type AugmentedSamples, augmentedSamples } from '../report/augmented';
import type { RunRecord } from '../report/record';
import { defaultReport, writeReport } from '../report/report';
import { checkConfig, type TrainConfig } from '../train/config';
import { configJson, type ConfigRow, configRows, showValue } from '../train/describe';
import { classesOf, loadData, trainOnce } from '../train/experiment';
import { loadConfig } from '../train/load-config';
import { modelName } from '../train/models';
import { comparisonLine, comparisons, resultsTable } from '../train/results';
import { configOfFlags, flags } from './flags';

/** Every model, run and seed of a configuration, one after the other, with progress on the terminal. */
async function trainAll(config: TrainConfig, out: NodeJS.WriteStream): Promise<RunRecord[]> {
  const records: RunRecord[] = [];
  for (const model of config.models) {
    const data = await loadData(config, model);
    for (const run of config.runs) {
      for (let seed = config.seed; seed < config.seed + config.seeds; seed++) {
        const title = `${modelName(model)} ${run}${config.seeds > 1 ? `, seed ${seed}` : ''}`;
        const progress = terminalProgress(title, out);
        records.push(await trainOnce(config, model, run, seed, data, {
          update: (values) => progress.update(values),
          finish: (o) => progress.finish(`${title}: ${o.epochs} epochs in ${duration(o.seconds)} (${o.reason}); test accuracy ${(100 * o.test).toFixed(2)} %`),
        }));
      }
    }
  }
  return records;
}

/** What augmentations do, for the report. A plugin that cannot run on so few images costs the pictures, not the report. */
async function samplesOf(config: TrainConfig, out: NodeJS.WriteStream): Promise<AugmentedSamples[]> {
  const all: AugmentedSamples[] = [];
  for (const model of config.models) {
    const data = await loadData(config, model);
    for (const run of config.runs) {
      try {
        const some = await augmentedSamples(config, model, run, data, classesOf(data));
        if (some) all.push(some);
      } catch (error) {
        out.write(`\nThe report has no augmented samples of ${modelName(model)} ${run}: ${error instanceof Error ? error.message : String(error)}\n`);
      }
    }
  }
  return all;
}

interface Places { readonly json: string | undefined; readonly report: string | undefined }

async function train(config: TrainConfig, rows: readonly ConfigRow[], { json, report }: Places): Promise<void> {
  const out = process.stdout;
  const at = new Date();
  const startedAt = performance.now();
  await useBackend('wasm', config.threads === 0 ? {} : { threads: config.threads });
  out.write(`${backendInfo().description}. Data: ${showValue(config.data)}; ${config.trainSize} images to train on, ${config.validationSize} for validation.\n\n`);
  const records = await trainAll(config, out);
  const outcomes = records.map(({ outcome }) => outcome);
  const compared = comparisons(outcomes);
  out.write(`\n${resultsTable(outcomes)}\n`);
  if (config.seeds > 1) out.write(`\nMean +- standard deviation of ${config.seeds} seeds.\n`);
  if (compared.length > 0) out.write(`\n${compared.map(comparisonLine).join('\n')}\n`);
  if (json !== undefined) {
    try {
      await writeFile(json, `${JSON.stringify({ config: configJson(config), outcomes, comparisons: compared }, null, 2)}\n`);
    } catch (error) {
      fail('file', `parsimony train: the results above could not be written to ${json} (${(error as Error).message}).`, { cause: error });
    }
  }
  const place = report ?? defaultReport(at);
  await writeReport(place, {
    at, machine: backendInfo().description, data: `${showValue(config.data)}, ${config.trainSize} images to train on`, config: rows, records, augmented: await samplesOf(config, out),
  });
  out.write(`\nDone in ${duration((performance.now() - startedAt) / 1000)}. Report: ${place}\n`);
}

export const trainCommand = defineCommand({
  meta: { name: 'parsimony train', description: 'Train networks on images without and with regularizers, and compare their test errors' },
  args: flags,
  async run({ args }) {
    const given = configOfFlags(args);
    const file = await loadConfig(typeof args.config === 'string' ? args.config : undefined);
    const config = checkConfig('parsimony train', { ...file.given, ...given });
    const rows = configRows(config, [{ name: file.file ?? 'default', given: file.given }, { name: 'command line', given }]);
    await train(config, rows, { json: args.json, report: args.report });
  },
});
