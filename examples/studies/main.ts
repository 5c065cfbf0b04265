/** `npm run study -- NAME`: runs a study, writes its results and figure to docs/studies and its table to the README there. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Json } from '@parsimony/core';
import { studies } from './all';
import { drawFigure } from './figure';
import { markdown, withTable } from './study';

const usage = `npm run study -- NAME [--data FOLDER] [--seeds N] [--out FOLDER] [--quick] [--redraw]

${studies.map(({ name, question }) => `  ${name.padEnd(20)}${question}`).join('\n')}

  --data FOLDER  where the data are that a study asks for: the four IDX files of Fashion-MNIST
  --seeds N      runs of each setting; the default is the study's own
  --out FOLDER   where NAME.json and NAME.svg go; default docs/studies, with the table in its README.md
  --quick        a few steps on few images, to see that it runs; needs --out
  --redraw       draws anew from NAME.json`;

async function main(): Promise<number> {
  const { positionals: [name], values } = parseArgs({
    allowPositionals: true,
    options: { data: { type: 'string' }, seeds: { type: 'string' }, out: { type: 'string' }, quick: { type: 'boolean', default: false }, redraw: { type: 'boolean', default: false } },
  });
  const study = studies.find((one) => one.name === name);
  const seeds = Number(values.seeds ?? (values.quick ? 1 : study?.seeds));
  if (name === undefined) {
    console.log(usage);
    return 0;
  }
  if (!study || !Number.isInteger(seeds) || seeds < 1 || (values.quick && values.out === undefined)) {
    console.error(study ? usage : `There is no study '${name}'.\n\n${usage}`);
    return 1;
  }
  const folder = values.out ?? fileURLToPath(new URL('../../docs/studies', import.meta.url));
  mkdirSync(folder, { recursive: true });
  const file = (ending: string): string => `${folder}/${study.name}.${ending}`;
  if (values.redraw && !existsSync(file('json'))) throw new Error(`${file('json')} is not there; run the study first.`);
  const started = Date.now();
  const results = values.redraw ? JSON.parse(readFileSync(file('json'), 'utf8')) as Json : await study.run({ seeds, quick: values.quick, log: console.log, ...(values.data !== undefined && { data: values.data }) });
  if (!values.redraw) writeFileSync(file('json'), `${JSON.stringify(results)}\n`);
  writeFileSync(file('svg'), drawFigure(study.draw(results)));
  const table = markdown(study.table(results));
  const page = `${folder}/README.md`;
  if (existsSync(page)) writeFileSync(page, withTable(readFileSync(page, 'utf8'), study.name, table));
  console.log(`\n${table}\n\nWritten to ${file('json')} and .svg in ${Math.round((Date.now() - started) / 1000)} s.`);
  return 0;
}

process.exitCode = await main();
