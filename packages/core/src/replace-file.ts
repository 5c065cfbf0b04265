/** Files that are whole at every moment, in Node. */
import { fail } from './errors';
import { nodeModule } from './node-module';

type Files = typeof import('node:fs/promises');

let counter = 0;

/**
 * Writes a file beside its place, flushes it and moves it there, so that a kill or a full disk leaves what was there before.
 *
 * @param path - In a folder that is there.
 * @throws file: it cannot be written.
 * @example
 * ```ts
 * import { replaceFile } from '@parsimony/core';
 * await replaceFile('no/such/folder/notes.txt', 'text'); // throws no/such/folder/notes.txt: could not be written
 * ```
 */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const fs = await nodeModule<Files>('node:fs/promises');
  try {
    // In the same folder, since only there a move is one step.
    await writeBeside(fs, `${path}.${process.pid}.${(counter++).toString(36)}.unfinished`, path, [bytes]);
  } catch (error) {
    fail('file', `${path}: could not be written (${(error as Error).message}).`, { cause: error });
  }
}

/** @internal Writes the chunks under the first name, which may be left of a kill, and moves the file to its place. */
export async function writeBeside(fs: Files, unfinished: string, path: string, chunks: readonly Uint8Array[]): Promise<void> {
  try {
    const handle = await fs.open(unfinished, 'w');
    try {
      for (const chunk of chunks) await handle.writeFile(chunk);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await fs.rename(unfinished, path);
  } catch (error) {
    // The room it took, on a full disk, is given back.
    await fs.rm(unfinished, { force: true }).catch(() => {});
    throw error;
  }
}
