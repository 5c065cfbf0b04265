/** Checkpoints in a folder, in Node. */
import { fail, show } from '../errors';
import { isNode, nodeModule } from '../node-module';
import { writeBeside } from '../replace-file';
import type { CheckpointStore } from './store';

type Files = typeof import('node:fs/promises');

/** What a file is called while it is written. One that a kill left behind is written over. */
const unfinished = 'unfinished.tmp';

/**
 * A folder, made when first written to. A file is written under another name, flushed to the disk and renamed, so a kill or
 * a power cut at any moment leaves every file whole. One process at a time may write to a folder.
 *
 * @throws option: not a path. backend: not in Node.
 * @example
 * ```ts
 * import { directoryStore } from '@parsimony/core';
 * await directoryStore('no/such/folder').list(); // => []
 * ```
 */
export function directoryStore(directory: string): CheckpointStore {
  if (typeof directory !== 'string' || directory === '') fail('option', `directoryStore: expected the path of a folder, received ${show(directory)}.`);
  if (!isNode()) fail('backend', 'directoryStore: there are no folders here. Pass a `store` of your own, or `memoryStore()`.');
  const files = (): Promise<Files> => nodeModule<Files>('node:fs/promises');
  const pathOf = (file: string): string => `${directory}/${file}`;
  return {
    name: directory,
    async list() {
      try {
        return (await (await files()).readdir(directory)).filter((file) => file !== unfinished);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
        return fail('file', `${directory}: the folder could not be read (${(error as Error).message}).`, { cause: error });
      }
    },
    async read(file) {
      try {
        return new Uint8Array(await (await files()).readFile(pathOf(file)));
      } catch (error) {
        return fail('file', `${pathOf(file)}: the file could not be read (${(error as Error).message}).`, { cause: error });
      }
    },
    async write(file, chunks) {
      const fs = await files();
      await makeFolder(fs, directory);
      await writeBeside(fs, pathOf(unfinished), pathOf(file), chunks);
      await flushFolder(fs, directory);
    },
    async remove(file) { await (await files()).rm(pathOf(file), { force: true }); },
  };
}

/** Node's own `recursive` never returns where a parent that is there still answers ENOENT, as /proc does. */
async function makeFolder(fs: Files, path: string): Promise<void> {
  try {
    await fs.mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    const { dirname } = await nodeModule<typeof import('node:path')>('node:path');
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    await makeFolder(fs, dirname(path));
    await fs.mkdir(path);
  }
}

/** Makes the new name last through a power cut. Not every system can. */
async function flushFolder(fs: Files, directory: string): Promise<void> {
  try {
    const handle = await fs.open(directory, 'r');
    try { await handle.sync(); } finally { await handle.close(); }
  } catch { /* Windows opens no folders; the file itself is flushed. */ }
}
