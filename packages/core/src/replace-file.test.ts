import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { replaceFile } from './replace-file';

let folder = '';
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'replace-')); });
afterAll(() => rm(folder, { recursive: true }));

test('a file is replaced, by text or bytes, and nothing else is left in the folder', async () => {
  const path = join(folder, 'notes.txt');
  await replaceFile(path, 'première');
  expect(await readFile(path, 'utf8')).toBe('première');
  await replaceFile(path, Uint8Array.of(1, 0, 255));
  expect([...await readFile(path)]).toEqual([1, 0, 255]);
  expect(await readdir(folder)).toEqual(['notes.txt']);
});

test('where it cannot be put in place the error names it, and what was written is taken away', async () => {
  const path = join(folder, 'taken');
  await mkdir(join(path, 'inside'), { recursive: true });
  await expect(replaceFile(path, 'text')).rejects.toThrow(expect.objectContaining({ code: 'file', message: expect.stringContaining(`${path}: could not be written (`) as string }) as Error);
  expect((await readdir(folder)).filter((name) => name !== 'notes.txt')).toEqual(['taken']);
});
