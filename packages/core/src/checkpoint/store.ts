/** Where checkpoints lie: files by name, each whole or not there. */
import { fail } from '../errors';

export interface CheckpointStore {
  /** For messages: the folder, where it is one. */
  readonly name: string;
  /** Names of the files, in any order. */
  list(): Promise<readonly string[]>;
  read(file: string): Promise<Uint8Array>;
  /** All or nothing: whatever happens meanwhile, the name has the bytes it had before, or these, one chunk after the other. */
  write(file: string, chunks: readonly Uint8Array[]): Promise<void>;
  remove(file: string): Promise<void>;
}

/**
 * Keeps files in memory: for tests, and in browsers to hand them on from there.
 *
 * @example
 * ```ts
 * import { memoryStore } from '@parsimony/core';
 * const store = memoryStore();
 * await store.write('a', [Uint8Array.of(1, 2), Uint8Array.of(3)]);
 * (await store.read('a')).length; // => 3
 * await store.list(); // => ['a']
 * ```
 */
export function memoryStore(): CheckpointStore {
  const files = new Map<string, Uint8Array>();
  return {
    name: 'memory',
    list: async () => [...files.keys()],
    read: async (file) => files.get(file)?.slice() ?? fail('file', `memory: there is no ${file}; there are: ${[...files.keys()].join(', ') || 'none'}.`),
    write: async (file, chunks) => { files.set(file, joined(chunks)); },
    remove: async (file) => { files.delete(file); },
  };
}

/** @internal Copies the chunks into one. */
export function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
