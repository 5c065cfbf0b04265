import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { type CsvOptions, loadCsv, parseCsv } from '../index';

const flowers = 'length,colour,kind\r\n1.5,red,iris\r\n\r\n-2e1, blue ,"rose, wild"\r\n0,red,iris\r\n';

test('numbers, categories and classes; quotes, spaces, line ends', () => {
  expect(parseCsv(`\uFEFF${flowers}`, { target: 'kind', nominal: ['colour'] })).toEqual({
    inputs: Float32Array.of(1.5, 1, -20, 0, 0, 1), labels: Int32Array.of(0, 1, 0), values: new Float32Array(0), columns: ['numeric', 'nominal'], names: ['length', 'colour'],
    categories: [[], ['blue', 'red']], classes: ['iris', 'rose, wild'], size: 3,
  });
});

test('values, chosen columns in their order, other delimiters, classes that are numbers', () => {
  const text = 'a;b;c\n1;10;3\n2;9;4\n';
  const table = parseCsv(text, { target: 'c', kind: 'value', columns: ['b', 'a'], delimiter: ';' });
  expect([[...table.inputs], [...table.values], table.names, table.labels.length]).toEqual([[10, 1, 9, 2], [3, 4], ['b', 'a'], 0]);
  expect(parseCsv(text, { target: 'b', delimiter: ';' }).classes).toEqual(['9', '10']);
});

test('a table like another: its columns, categories and classes, in whatever order they come', () => {
  const train = parseCsv(flowers, { target: 'kind', nominal: ['colour'] });
  const held = parseCsv('kind,colour,length,more\niris,red,7,x\n', { target: 'kind', like: train });
  expect([[...held.inputs], [...held.labels], held.classes, held.columns]).toEqual([[7, 1], [0], train.classes, train.columns]);
  expect(() => parseCsv('kind,colour,length\ntulip,red,7\n', { target: 'kind', like: train })).toThrow('row 1, column "kind": expected one of iris, rose, wild, received "tulip". `like` does not have it.');
  expect(() => parseCsv('kind,colour,length\niris,green,7\n', { target: 'kind', like: train })).toThrow('column "colour": expected one of blue, red, received "green"');
  expect(() => parseCsv('kind,length\niris,7\n', { target: 'kind', like: train })).toThrow('`columns` names "colour"');
});

test.each<[string, CsvOptions | object, string]>([
  ['', { target: 'a' }, 'expected the names of the columns and at least one row, received 0 rows'],
  ['a,b\n', { target: 'a' }, 'received 1 rows'],
  ['a,b\n1,2\n3\n', { target: 'a' }, 'row 2 has 1 fields, expected 2, as the first row has. The file may be truncated.'],
  ['a,b\n1,2,3\n3,4\n', { target: 'a' }, 'row 1 has 3 fields, expected 2'],
  ['a,b\n1,"2\n', { target: 'a' }, 'a.csv: row 1: Quoted field unterminated. The file may be truncated.'],
  ['a,\n1,2\n', { target: 'a' }, 'column 1 has no name'],
  ['a,a\n1,2\n', { target: 'a' }, 'two columns are named "a"'],
  ['a,b\n1,x\n', { target: 'a' }, 'row 1, column "b": expected a number, received "x". Columns of categories are listed in `nominal`.'],
  ['a,b\n1,1\n2,1e99\n', { target: 'a' }, 'row 2, column "b": expected a number, received "1e99"'],
  ['a,b\n1,\n', { target: 'a' }, 'column "b": expected a number, received nothing'],
  ['a,b\n,1\n', { target: 'a' }, 'column "a": expected one of , received nothing'],
  ['a,b\n1,2\n', { target: 'c' }, '`target` names "c"; the columns of a.csv are a, b'],
  ['a,b\n1,2\n', {}, '`target` names undefined'],
  ['a,b\n1,2\n', { target: 'a', columns: ['c'] }, '`columns` names "c"'],
  ['a,b\n1,2\n', { target: 'a', columns: ['a'] }, 'not the target "a"'],
  ['a,b\n1,2\n', { target: 'a', nominal: ['c'] }, '`nominal` names "c", which is none of the columns b'],
  ['a,b\n1,2\n', { target: 'a', nominal: 'b' }, '`nominal` must be a list of names, received "b"'],
  ['a,b\n1,2\n', { target: 'a', kind: 'class' }, "`kind` must be one of 'label', 'value'"],
  ['a,b\n1,2\n', { target: 'a', delimiter: '' }, '`delimiter` must be one character'],
  ['a,b\n1,2\n', { target: 'a', header: true }, 'unknown option `header`'],
])('%j with %o is refused', (text, options, message) => expect(() => parseCsv(text, options as CsvOptions, 'a.csv')).toThrow(message));

test('files, plain and compressed, and what is no text', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'csv-'));
  try {
    await writeFile(join(folder, 'a.csv'), flowers);
    await writeFile(join(folder, 'a.csv.gz'), gzipSync(flowers));
    const options = { target: 'kind', nominal: ['colour'] };
    expect(await loadCsv(join(folder, 'a.csv'), options)).toEqual(parseCsv(flowers, options));
    expect(await loadCsv(join(folder, 'a.csv.gz'), options)).toEqual(parseCsv(flowers, options));
    await writeFile(join(folder, 'b.csv'), Uint8Array.of(97, 0xff, 10));
    await expect(loadCsv(join(folder, 'b.csv'), options)).rejects.toThrow('b.csv: expected text in UTF-8');
    await expect(loadCsv(join(folder, 'c.csv'), options)).rejects.toThrow('c.csv: there is no such file');
  } finally {
    await rm(folder, { recursive: true });
  }
});
