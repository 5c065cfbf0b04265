/** `parsimony train`. */
import { writeFile } from 'node:fs/promises';
import type { Configuration } from '@parsimony/advisor';
import { backendInfo, fail } from '@parsimony/core';
import type { Splits } from '@parsimony/datasets';
import { defineCommand } from 'citty';
import { duration, terminalProgress } from '../terminal/progress';
import { type AugmentedSamples, augmentedSamples } from '../report/augmented';
import { writeReport } from '../report/report';
import { listen } from '../terminal/interrupt';
import { startBackend } from '../train/backend';
import { checkConfig, type TrainConfig } from '../train/config';
import { configJson, type ConfigRow, configRows, showValue } from '../train/describe';
import { classesOf, loadData, trainOnce } from '../train/experiment';
import { checkUnchanged, TrainingFolder } from '../train/folder';
import { type LoadedConfig, loadConfig } from '../train/load-config';
import { modelName } from '../train/models';
import { comparisonLine, comparisons, resultsTable } from '../train/results';
import { configOfFlags, flags } from './flags';

/** What was done when a signal ended the training. */
interface Stopped {
  readonly title: string;
  /** Undefined: before the run began, or went on. */
  readonly step: number | undefined;
}

/** Every model, run and seed of a configuration that is not finished, one after the other, with progress on the terminal. */
async function trainAll(config: TrainConfig, folder: TrainingFolder, signal: AbortSignal, out: NodeJS.WriteStream): Promise<Stopped | undefined> {
  for (const model of config.models) {
    let data: Splits | undefined;
    for (const run of config.runs) {
      for (let seed = config.seed; seed < config.seed + config.seeds; seed++) {
        const name = modelName(model);
        const title = `${name} ${run}${config.seeds > 1 ? `, seed ${seed}` : ''}`;
        if (folder.find(name, run, seed)) {
          out.write(`${title}: finished before.\n`);
          await folder.clean(name, run, seed);
          continue;
        }
        if (signal.aborted) return { title, step: undefined };
        data ??= await loadData(config, model);
        await folder.begin();
        const progress = terminalProgress(title, out);
        try {
          const record = await trainOnce(config, model, run, seed, data, {
            update: (values) => progress.update(values),
            finish: (o) => progress.finish(`${title}: ${o.epochs} epochs in ${duration(o.seconds)} (${o.reason}); test accuracy ${(100 * o.test).toFixed(2)} %`),
          }, { signal, place: folder.place(name, run, seed) });
          if ('interrupted' in record) return { title, step: record.interrupted.step };
          await folder.finish(record);
        } finally {
          progress.stop();
        }
      }
    }
  }
  return undefined;
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

interface Training { readonly config: TrainConfig; readonly rows: readonly ConfigRow[]; readonly folder: TrainingFolder; readonly json: string | undefined; readonly report: string }

const wayOn = (folder: TrainingFolder): string => `Go on with: parsimony train --resume ${folder.path}`;

async function train(training: Training): Promise<void> {
  const { backend, threads } = training.config;
  const executor = await startBackend(backend, threads, () => process.stdout.write('Kernels are compiled as they are needed: the first step takes longer.\n'));
  try {
    await trainAndReport(training);
  } finally {
    // A device that is open keeps the process alive.
    await executor.dispose();
  }
}

async function trainAndReport({ config, rows, folder, json, report }: Training): Promise<void> {
  const out = process.stdout;
  const startedAt = performance.now();
  const interruption = listen(out);
  out.write(`${backendInfo().description}. Data: ${showValue(config.data)}; ${config.trainSize} images to train on, ${config.validationSize} for validation.\n\n`);
  let stopped: Stopped | undefined;
  try {
    stopped = await trainAll(config, folder, interruption.signal, out);
  } catch (error) {
    if (folder.exists) out.write(`\nThe training has failed. ${wayOn(folder)}\n`);
    throw error;
  } finally {
    interruption.dispose();
  }
  if (stopped) {
    out.write(`\nStopped ${stopped.step === undefined ? 'before' : `at step ${stopped.step} of`} ${stopped.title}; ${folder.records.length} of ${folder.begun.runs} runs are finished. ${wayOn(folder)}\n`);
    process.exitCode = interruption.exitCode;
    return;
  }
  const { records } = folder;
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
  await writeReport(report, {
    at: new Date(folder.begun.at), machine: backendInfo().description, data: `${showValue(config.data)}, ${config.trainSize} images to train on`, config: rows, configuration: config as unknown as Configuration, records, augmented: await samplesOf(config, out),
  });
  await folder.end();
  out.write(`\nDone in ${duration((performance.now() - startedAt) / 1000)}. Report: ${report}\n`);
}

/** What may change between the parts of a training. */
const free: readonly (keyof TrainConfig)[] = ['backend', 'threads'];

async function resumed(name: string, given: Partial<TrainConfig>, config: unknown): Promise<Pick<Training, 'config' | 'rows' | 'folder'>> {
  const [other] = [...(config === undefined ? [] : ['config']), ...Object.keys(given).filter((key) => !free.includes(key as keyof TrainConfig))];
  if (other !== undefined) fail('config', `parsimony train: with --resume the training goes on as it was begun; \`${other}\` cannot be given. Begin another without --resume.`);
  const folder = await TrainingFolder.open(name);
  const said = { ...folder.begun.flags, ...given };
  const file = folder.begun.file === null ? { file: undefined, given: {} } : await loadConfig(folder.begun.file);
  const training = configured(file, said);
  checkUnchanged(folder, training.config);
  return { ...training, folder };
}

function configured(file: LoadedConfig, given: Partial<TrainConfig>): Pick<Training, 'config' | 'rows'> {
  const config = checkConfig('parsimony train', { ...file.given, ...given });
  return { config, rows: configRows(config, [{ name: file.file ?? 'default', given: file.given }, { name: 'command line', given }]) };
}

export const trainCommand = defineCommand({
  meta: { name: 'parsimony train', description: 'Train networks on images without and with regularizers, and compare their test errors' },
  args: flags,
  async run({ args }) {
    const given = configOfFlags(args);
    const { json, report } = args;
    if (args.resume !== undefined) {
      const training = await resumed(args.resume, given, args.config);
      const { begun, report: place } = training.folder;
      return train({ ...training, json: json ?? begun.json ?? undefined, report: report ?? place });
    }
    const file = await loadConfig(typeof args.config === 'string' ? args.config : undefined);
    const { config, rows } = configured(file, given);
    const folder = TrainingFolder.create({
      at: new Date().toISOString(), file: file.file ?? null, flags: given, json: json ?? null, report: report ?? null,
      runs: config.models.length * config.runs.length * config.seeds, config: configJson(config),
    });
    return train({ config, rows, folder, json, report: folder.report });
  },
});
