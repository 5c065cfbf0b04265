/** Every study runs, and what docs/studies shows is what its results say. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Json } from '@parsimony/core';
import { describe, expect, test } from 'vitest';
import { studies } from './all';
import { drawFigure } from './figure';
import { markdown } from './study';

const docs = (file: string): string => readFileSync(fileURLToPath(new URL(`../../docs/studies/${file}`, import.meta.url)), 'utf8');

describe.each(studies.map((study) => [study.name, study] as const))('%s', (name, study) => {
  test('runs, on a few images', async () => {
    const lines: string[] = [];
    const results = await study.run({ seeds: 1, quick: true, log: (line) => { lines.push(line); } });
    expect(lines.length).toBeGreaterThan(0);
    // What is written and read again draws the same.
    const figure = drawFigure(study.draw(results));
    expect(drawFigure(study.draw(JSON.parse(JSON.stringify(results)) as Json))).toBe(figure);
    expect(figure).not.toMatch(/NaN|Infinity|undefined/);
    expect(study.table(results).length).toBeGreaterThan(1);
  }, 120_000);

  test('its figure and table in docs are those of its results', () => {
    const results = JSON.parse(docs(`${name}.json`)) as Json;
    expect(docs(`${name}.svg`)).toBe(drawFigure(study.draw(results)));
    expect(docs('README.md')).toContain(`<!-- table ${name} -->\n${markdown(study.table(results))}\n<!-- end -->`);
    expect(docs('README.md')).toContain(`npm run study -- ${name}`);
  });
});
