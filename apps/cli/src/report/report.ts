/** report.html: one file, with its charts, pictures and data inside, that opens without a network. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type { Configuration } from '@parsimony/advisor';
import { fail } from '@parsimony/core';
import type { ConfigRow } from '../train/describe';
import { comparisons, resultsHeader, resultsRows } from '../train/results';
import { adviceAfter } from '../train/advice';
import type { AugmentedSamples } from './augmented';
import { chartsOf } from './charts';
import { Html, html, jsonScript } from './html';
import type { RunRecord } from './record';
import { advice, answers, augmented, configuration, curves, headline, plans, results, runsTable } from './sections';
import { script } from './script';
import { style } from './style';

export interface ReportData {
  /** When the training began. */
  readonly at: Date;
  /** What ran it: the backend and its threads. */
  readonly machine: string;
  readonly data: string;
  readonly config: readonly ConfigRow[];
  /** What the changes of the advice are changes of. */
  readonly configuration: Configuration;
  readonly records: readonly RunRecord[];
  readonly augmented: readonly AugmentedSamples[];
}

/** Of this many runs the pictures and matrices are shown; the curves show all. */
const detailed = 8;

export async function renderReport({ at, machine, data, config, configuration: given, records, augmented: samples }: ReportData): Promise<string> {
  const { code, css } = await uplot();
  const outcomes = records.map(({ outcome }) => outcome);
  const charts = chartsOf(records);
  const seeds = new Set(outcomes.map(({ seed }) => seed)).size;
  const note = `Accuracies of the weights that each run kept. The gap is that of training and test.${seeds > 1 ? ` Mean ± standard deviation of ${seeds} seeds.` : ''} Test images were looked at once, at the end of each run.`;
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Parsimony: report</title>
<style>${new Html(css)}${new Html(style)}</style></head>
<body><main><header><h1>Training report</h1><p class="soft">${at.toISOString().slice(0, 16).replace('T', ' ')} UTC · ${data} · ${machine}</p></header>
${headline(comparisons(outcomes))}
${results(resultsHeader, resultsRows(outcomes).map((row) => row.map((cell) => cell.replace('+- ', '±\u00A0'))), note)}
${curves(charts)}
${runsTable(records)}
${advice(records.map((record) => ({ record, advices: adviceAfter(given, record) })))}
${augmented(samples)}
${answers(records.slice(0, detailed))}
${plans(records)}
${configuration(config)}
</main>
${jsonScript('charts-data', charts)}
<script>${new Html(code)}</script>
<script>${new Html(script)}</script>
</body></html>
`;
  return page.text;
}

/** uPlot as it stands in its package; its notice names the version and, in place of an address, its author and licence. */
async function uplot(): Promise<{ readonly code: string; readonly css: string }> {
  const require = createRequire(import.meta.url);
  const [code, css, manifest] = await Promise.all(['uplot/dist/uPlot.iife.min.js', 'uplot/dist/uPlot.min.css', 'uplot/package.json']
    .map((name) => readFile(require.resolve(name), 'utf8')));
  const { version } = JSON.parse(manifest ?? '{}') as { readonly version: string };
  return { code: (code ?? '').replace(/^\/\*![^]*?\*\//, `/*! uPlot ${version}, Leon Sorokin, MIT licence */`), css: css ?? '' };
}

export async function writeReport(path: string, data: ReportData): Promise<void> {
  const text = await renderReport(data);
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  } catch (error) {
    fail('file', `parsimony train: the results above stand, but the report could not be written to ${path} (${(error as Error).message}). Name another file with --report.`, { cause: error });
  }
}
