import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { crc32 } from './crc32';
import { directoryStore } from './directory-store';
import { fromJson, toJson } from './json';
import { type CheckpointStore, memoryStore } from './store';

const folder = mkdtempSync(join(tmpdir(), 'parsimony-store-'));
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

/** Root may write anywhere; as another user it meets permissions too. */
async function asNobody(fn: () => Promise<unknown>): Promise<void> {
  const root = process.geteuid?.() === 0;
  if (root) process.seteuid?.(65534);
  try { await fn(); } finally { if (root) process.seteuid?.(0); }
}

describe.each<[string, () => CheckpointStore]>([['memory', memoryStore], ['a folder', () => directoryStore(mkdtempSync(join(folder, 'a-')))]])('%s', (_, make) => {
  test('keeps files whole by name', async () => {
    const store = make();
    expect(await store.list()).toEqual([]);
    await store.write('one', [Uint8Array.of(1, 2), Uint8Array.of(), Uint8Array.of(3)]);
    await store.write('two', []);
    await store.write('one', [Uint8Array.of(9)]);
    expect([...await store.list()].sort()).toEqual(['one', 'two']);
    expect([...await store.read('one')]).toEqual([9]);
    await store.remove('one');
    await store.remove('never there');
    expect(await store.list()).toEqual(['two']);
    await expect(store.read('one')).rejects.toThrow('one');
  });
});

describe('a folder', () => {
  test('is made where it is missing, and shows nothing unfinished', async () => {
    const store = directoryStore(join(folder, 'deep/er'));
    expect(await store.list()).toEqual([]);
    await store.write('a', [Uint8Array.of(1)]);
    expect(readdirSync(join(folder, 'deep/er'))).toEqual(['a']);
    writeFileSync(join(folder, 'deep/er/unfinished.tmp'), 'of a process that was killed');
    expect(await store.list()).toEqual(['a']);
    await store.write('b', [Uint8Array.of(2)]);
    expect(readdirSync(join(folder, 'deep/er')).sort()).toEqual(['a', 'b']);
  });
  test('leaves what was there and nothing else when writing fails', async () => {
    const path = mkdtempSync(join(folder, 'b-'));
    const store = directoryStore(path);
    await store.write('a', [Uint8Array.of(1)]);
    await expect(store.write('a', [Uint8Array.of(2), 'not bytes' as never, {} as never])).rejects.toThrow('of type string or an instance of Buffer');
    expect([...await store.read('a')]).toEqual([1]);
    expect(readdirSync(path)).toEqual(['a']);
  });
  test('that is a file is an error', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(directoryStore(join(folder, 'file')).list()).rejects.toThrow(/file: the folder could not be read \(ENOTDIR/);
    await expect(directoryStore(join(folder, 'file')).write('a', [])).rejects.toThrow('ENOTDIR');
  });
  test.each([[''], [undefined], [3]])('%o is no path', (path) => expect(() => directoryStore(path as never)).toThrow('expected the path of a folder'));
  test('that is read-only is an error, and stays', async () => {
    const path = mkdtempSync(join(folder, 'c-'));
    chmodSync(folder, 0o755);
    chmodSync(path, 0o555);
    await asNobody(() => expect(directoryStore(path).write('a', [])).rejects.toThrow('EACCES'));
    await asNobody(() => expect(directoryStore(join(path, 'deeper')).write('a', [])).rejects.toThrow('EACCES'));
    expect(readdirSync(path)).toEqual([]);
  });
});

test('the checksum is that of zlib', () => {
  // The check value of the CRC catalogue.
  expect(crc32([new TextEncoder().encode('123456789')])).toBe(0xcbf43926);
  expect(crc32([new TextEncoder().encode('1234'), new Uint8Array(0), new TextEncoder().encode('56789')])).toBe(0xcbf43926);
  expect(crc32([])).toBe(0);
});

describe('JSON', () => {
  test('brings every number back', () => {
    const value = { a: [NaN, Infinity, -Infinity, -0, 0, 1e-320, 0.1], b: { c: null, d: 'NaN', e: true }, f: { $number: 'seven' }, g: [{ $number: 'NaN' }, { $number: '"NaN' }, { $number: '' }, { $number: NaN }] };
    const back = fromJson(JSON.parse(JSON.stringify(toJson('x', value))));
    expect(back).toStrictEqual(value);
    expect(Object.is((back as typeof value).a[3], -0)).toBe(true);
  });
  test.each<[unknown, string]>([
    [{ a: [new Map()] }, '`state.a[0]` must be JSON'],
    [{ a: () => 1 }, '`state.a` must be JSON (numbers, text, true, false, null, lists and plain objects), received function a.'],
    [10n, '`state` must be JSON'],
    [Float32Array.of(1), '`state` must be JSON (numbers, text, true, false, null, lists and plain objects), received Float32Array of 1.'],
  ])('refuses %o', (value, message) => expect(() => toJson('state', value)).toThrow(message));
});
