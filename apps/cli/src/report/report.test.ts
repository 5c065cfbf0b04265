/** The report of two short runs on the real data, parsed as a browser would. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { useBackend } from '@parsimony/core';
import { decode } from 'fast-png';
import { parseHTML } from 'linkedom';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkConfig } from '../train/config';
import { configRows } from '../train/describe';
import { classesOf, loadData, trainOnce } from '../train/experiment';
import { augmentedSamples, type AugmentedSamples } from './augmented';
import { bestEpoch, type Charts, chartsOf } from './charts';
import type { RunRecord } from './record';
import { renderReport, type ReportData, writeReport } from './report';

const given = { trainSize: 256, validationSize: 128, epochs: 3, batchSize: 64, models: ['mlp'] } as const;
const config = checkConfig('test', given);
const silent = { update: () => {}, finish: () => {} };
const folder = mkdtempSync(join(tmpdir(), 'parsimony-report-'));
const place = join(folder, 'runs', 'one', 'report.html');
const records: RunRecord[] = [];
let samples: AugmentedSamples | undefined;
let report: ReportData;
let text = '';
let page: Document;

beforeAll(async () => {
  await useBackend('wasm', { threads: 1 });
  const data = await loadData(config, 'mlp');
  for (const run of config.runs) records.push(await trainOnce(config, 'mlp', run, 0, data, silent));
  samples = await augmentedSamples(config, 'mlp', 'regularized', data, classesOf(data));
  report = {
    at: new Date(Date.UTC(2026, 10, 20, 8, 30)), machine: 'WebAssembly SIMD, 1 thread', data: 'mnist', records, augmented: samples ? [samples] : [],
    config: configRows(config, [{ name: 'a.ts', given }]), configuration: config as unknown as ReportData['configuration'],
  };
  await writeReport(place, report);
  text = readFileSync(place, 'utf8');
  page = parseHTML(text).document;
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

const all = (selector: string): Element[] => [...page.querySelectorAll(selector)];
const cells = (selector: string): string[] => all(selector).map((cell) => cell.textContent ?? '');

describe('the file', () => {
  test('is below 1.5 MB', () => expect(statSync(place).size).toBeLessThan(1.5e6));

  test('asks nothing of a network', () => {
    for (const scheme of ['http:', 'https:', '//cdn', 'url(', '@import']) expect(text.includes(scheme), scheme).toBe(false);
    for (const element of all('[src], [href], [srcset], [action]')) expect(element.getAttribute('src')).toMatch(/^data:image\/(png;base64|svg\+xml),/);
    expect(all('link, iframe, object, embed')).toEqual([]);
  });

  test('holds scripts that parse, and the library it draws with', () => {
    const scripts = all('script').filter((s) => s.getAttribute('type') === null).map((s) => s.textContent ?? '');
    expect(scripts).toHaveLength(2);
    for (const code of scripts) expect(() => new Script(code)).not.toThrow();
    expect(scripts[0]).toContain('uPlot 1.6');
    expect(page.querySelector('meta[name=viewport]')?.getAttribute('content')).toContain('width=device-width');
  });
});

describe('its parts', () => {
  test('the table of results', () => {
    expect(all('#results tbody tr')).toHaveLength(2);
    expect(cells('#results tbody tr:first-child td').slice(0, 5)).toEqual([
      'mlp', 'plain', ...(['train', 'validation', 'test'] as const).map((set) => (100 * (records[0]?.outcome[set] ?? 0)).toFixed(2))]);
  });

  test('curves of every run, with the best epoch', () => {
    const charts = JSON.parse(page.querySelector('#charts-data')?.textContent ?? '') as Charts;
    expect(charts.charts.map(({ id }) => id).slice(0, 5)).toEqual(['loss', 'validationLoss', 'accuracy', 'validationAccuracy', 'learningRate']);
    // Of every run, whatever its plugins.
    const norm = charts.charts.find(({ title }) => title === 'Gradient norm');
    expect(norm?.lines.map(({ label }) => label)).toEqual(['mlp plain, seed 0', 'mlp regularized, seed 0']);
    norm?.lines.forEach(({ values }, i) => {
      values.forEach((value, epoch) => expect(value).toBeCloseTo(records[i]?.history[epoch]?.values['@parsimony/cli/gradient-norm/gradNorm'] ?? Number.NaN, 4));
    });
    expect(all('.charts .card')).toHaveLength(charts.charts.length);
    expect(charts.epochs).toBe(3);
    for (const { id, lines } of charts.charts.slice(0, 5)) {
      lines.forEach(({ values }, i) => {
        expect(values).toHaveLength(3);
        values.forEach((value, epoch) => expect(value).toBeCloseTo(records[i]?.history[epoch]?.values[id] ?? Number.NaN, 4));
      });
      expect(lines).toHaveLength(2);
    }
    expect(cells('#legend button')).toEqual(['mlp plain', 'mlp regularized']);
    expect(cells('#runs tbody td:nth-child(2)')).toEqual(records.map((r) => String(bestEpoch(r))));
  });

  test('the confusion matrix counts every test image, its diagonal the right answers', () => {
    records.forEach(({ outcome, predictions }, i) => {
      const table = all('.confusion')[i];
      const counts = [...table?.querySelectorAll('tbody tr') ?? []].map((row) => [...row.querySelectorAll('td')].map((cell) => Number(cell.textContent)));
      expect(counts).toEqual(predictions?.confusion);
      expect(counts.flat().reduce((a, b) => a + b, 0)).toBe(10_000);
      expect(counts.reduce((sum, row, c) => sum + (row[c] ?? 0), 0)).toBe(Math.round(10_000 * outcome.test));
    });
  });

  test('the reliability diagram has every answer, and as many right ones as the test accuracy says', () => {
    records.forEach(({ outcome, predictions }, i) => {
      const diagram = predictions?.reliability;
      expect(diagram?.count).toBe(10_000);
      expect(Math.round(diagram?.bins.reduce((right, { count, accuracy }) => right + count * (accuracy ?? 0), 0) ?? 0)).toBe(Math.round(10_000 * outcome.test));
      const image = all('img.reliability')[i];
      expect(image?.getAttribute('alt')).toBe(`Reliability diagram, expected calibration error ${(100 * (diagram?.expectedCalibrationError ?? NaN)).toFixed(2)} %`);
      expect(decodeURIComponent(image?.getAttribute('src') ?? '')).toContain('<svg xmlns="http://www.w3.org/2000/svg"');
    });
  });

  test('the most wrong images, the surest first', async () => {
    const { test: images } = await loadData(config, 'mlp');
    for (const { predictions } of records) {
      const wrong = predictions?.mostWrong ?? [];
      expect(wrong).toHaveLength(24);
      wrong.forEach((w, i) => { expect(w.probability).toBeLessThanOrEqual(wrong[i - 1]?.probability ?? 1); expect(w.answer).not.toBe(w.truth); });
      const { inputs, target } = await images.batch(Int32Array.of(wrong[0]?.id ?? 0));
      expect(target.kind === 'index' && [...await target.labels.data()]).toEqual([wrong[0]?.truth]);
      const pixels = [...await (inputs as { data(): Promise<Iterable<number>> }).data()].map((x) => Math.round(255 * x));
      expect([...decode(Buffer.from(wrong[0]?.image?.split(',')[1] ?? '', 'base64')).data]).toEqual(pixels);
    }
    expect(all('.wrong li')).toHaveLength(48);
  });

  test('augmented samples: originals, and other images made of them', () => {
    expect(samples?.by).toEqual(['@parsimony/augment/augment', '@parsimony/augment/mixup']);
    expect(samples?.images).toHaveLength(10);
    expect(samples?.images.every(({ before, after }) => after.length === 3 && after.every((a) => a !== before))).toBe(true);
    expect(all('#augmented img')).toHaveLength(40);
  });

  test('plans with findings, and the configuration with where it came from', () => {
    expect(cells('#plans pre')).toEqual(records.map(({ explained }) => explained));
    const findings = records.flatMap((r) => r.findings);
    expect(findings.length).toBeGreaterThan(0);
    cells('#plans .findings li').forEach((line, i) => expect(line).toContain(findings[i]?.message));
    const rows = all('.config tbody tr').map((row) => [...row.querySelectorAll('td')].map((cell) => cell.textContent));
    expect(rows).toContainEqual(['epochs', '3', 'a.ts']);
    expect(rows).toContainEqual(['lr', '0.001', 'default']);
  });
});

test('the norm of the gradients is one chart, whichever plugin logged it; what others call so has charts of their own', () => {
  const [watched, clip, own] = ['@parsimony/cli/gradient-norm/gradNorm', '@parsimony/gradients/clip-by-global-norm/gradNorm', 'mine/gradNorm'];
  const logging = (values: Readonly<Record<string, number>>): RunRecord[] => records.slice(0, 1).map((r) => ({ ...r, history: [{ epoch: 0, step: 1, values }] }));
  const { charts } = chartsOf([...logging({ [watched]: 1 }), ...logging({ [clip]: 2 }), ...logging({ [clip]: 3, [watched]: 4, [own]: 5 })]);
  expect(charts.map(({ title, lines }) => [title, lines.map(({ values }) => values)])).toEqual([
    ['Gradient norm', [[1], [2], [4]]], ['Gradient norm, @parsimony/gradients/clip-by-global-norm', [[3]]], ['Gradient norm, mine', [[5]]],
  ]);
});

test('what a plugin logs becomes a chart, text stays text, and numbers that are not finite leave a gap', async () => {
  const [record] = records;
  if (!record) throw new Error('no record');
  const odd: RunRecord = {
    ...record, explained: '</script><b>bold</b>', predictions: null, outcome: { ...record.outcome, reason: '<i>&' },
    history: record.history.map((row) => ({ ...row, values: { ...row.values, 'my-plugin/</script>': row.epoch === 1 ? Number.NaN : 0.1234567 } })),
  };
  expect(chartsOf([odd]).charts.at(-1)).toMatchObject({ title: 'my-plugin/</script>', lines: [{ values: [0.123457, null, 0.123457] }] });
  const { document } = parseHTML(await renderReport({ ...report, records: [odd], augmented: [] }));
  expect(document.querySelector('#plans pre')?.textContent).toBe('</script><b>bold</b>');
  expect(document.querySelector('#runs tbody td:last-child')?.textContent).toBe('<i>&');
  expect(document.querySelectorAll('script')).toHaveLength(3);
  expect(document.querySelector('#answers')).toBeNull();
});

test('advice on each run, with figures, change and source, or that there is none', async () => {
  const [record] = records;
  if (!record) throw new Error('no record');
  const of = async (train: number, validation: number) => parseHTML(await renderReport({
    ...report, records: [{ ...record, history: [], outcome: { ...record.outcome, run: 'regularized', train, validation } }], augmented: [], configuration: { plugins: [] },
  })).document.querySelector('#advice');
  const severe = (await of(0.998, 0.721))?.textContent ?? '';
  for (const part of ['severe overfitting Training is 99.8 % right', 'Change: add `weightDecay` with decay 0.001.', '"path":"/plugins/-"', 'gap 0.277', 'Source: Goodfellow']) expect(severe).toContain(part);
  expect((await of(0.98, 0.975))?.textContent).toContain('Nothing to advise on');
});

test('a report of sixty runs stays below 1.5 MB', async () => {
  const many = Array.from({ length: 60 }, (_, seed): RunRecord[] => records.slice(0, 1).map((r) => ({
    ...r, outcome: { ...r.outcome, seed }, history: Array.from({ length: 200 }, (__, epoch) => ({ epoch, step: epoch, values: r.history[epoch % 3]?.values ?? {} })),
  }))).flat();
  expect((await renderReport({ ...report, records: many })).length).toBeLessThan(1.5e6);
});

test('one that cannot be written is an error that names it', async () => {
  writeFileSync(join(folder, 'file'), '');
  await expect(writeReport(join(folder, 'file', 'report.html'), report)).rejects.toThrow('Name another file with --report.');
});
