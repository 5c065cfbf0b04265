/** Logits in files: an index, and shards of so many samples each, safetensors files that describe and check themselves. */
import { type CheckpointStore, fail, ParsimonyError, readSafetensors, type Tensor, tensor, writeSafetensors } from '@parsimony/core';

/** @internal What logits.json says. */
export interface LogitsIndex {
  readonly format: 'parsimony-logits';
  readonly version: 1;
  readonly samples: number;
  /** Of one sample's scores. */
  readonly shape: readonly number[];
  readonly dtype: 'float32';
  readonly shardSize: number;
  /** Of the teacher. */
  readonly fingerprint: string;
  /** Whether all shards are there. */
  readonly complete: boolean;
}

const indexFile = 'logits.json';
/** Numbers that are held in memory, four bytes each: 256 MiB. */
const held = 2 ** 26;

/** @internal SHA-256 in hexadecimal. */
export async function digestOf(...parts: readonly Uint8Array[]): Promise<string> {
  const all = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', all)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

const bytesOf = (rows: Float32Array): Uint8Array => new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength);

/** @internal Undefined where there is none. */
export async function readIndex(store: CheckpointStore): Promise<LogitsIndex | undefined> {
  if (!(await store.list()).includes(indexFile)) return undefined;
  const where = `${store.name}/${indexFile}`;
  try {
    const index = JSON.parse(new TextDecoder().decode(await store.read(indexFile))) as Partial<LogitsIndex>;
    const { format, version, samples, shape, dtype, shardSize, fingerprint, complete } = index;
    const counts = [samples, shardSize, ...(Array.isArray(shape) ? shape as number[] : [0])];
    const whole = counts.every((n) => Number.isSafeInteger(n) && (n as number) > 0);
    if (format === 'parsimony-logits' && version === 1 && whole && dtype === 'float32' && typeof fingerprint === 'string' && typeof complete === 'boolean') return index as LogitsIndex;
  } catch (error) {
    if (error instanceof ParsimonyError) throw error;
    return fail('file', `${where}: it is damaged: ${(error as Error).message}. Delete the folder and write the logits anew.`, { cause: error });
  }
  return fail('file', `${where}: it is damaged, or was written by another version. Delete the folder and write the logits anew.`);
}

/** @internal */
export const writeIndex = (store: CheckpointStore, index: LogitsIndex): Promise<void> => store.write(indexFile, [new TextEncoder().encode(`${JSON.stringify(index)}\n`)]);

/** @internal The shards of a folder. */
export class LogitsShards {
  readonly #held = new Map<number, Float32Array>();
  readonly #stride: number;

  constructor(readonly store: CheckpointStore, readonly index: LogitsIndex) {
    this.#stride = index.shape.reduce((a, b) => a * b, 1);
  }

  get count(): number { return Math.ceil(this.index.samples / this.index.shardSize); }
  /** Numbers of the first sample and of the one behind the last. */
  range(shard: number): readonly [number, number] { return [shard * this.index.shardSize, Math.min(this.index.samples, (shard + 1) * this.index.shardSize)]; }
  fileOf(shard: number): string { return `logits-${String(shard).padStart(5, '0')}.safetensors`; }

  async write(shard: number, rows: Float32Array): Promise<void> {
    const [start, end] = this.range(shard);
    const metadata = { fingerprint: this.index.fingerprint, start: String(start), digest: await digestOf(bytesOf(rows)) };
    const logits = tensor(rows, [end - start, ...this.index.shape]);
    try {
      await this.store.write(this.fileOf(shard), [await writeSafetensors({ logits }, { metadata })]);
    } finally {
      logits.dispose();
    }
  }

  /** @throws file: not there, damaged, or of other logits; the message names it. */
  async read(shard: number): Promise<Float32Array> {
    const [start, end] = this.range(shard);
    const name = `${this.store.name}/${this.fileOf(shard)}`;
    const wrong = (why: string): never => fail('file', `${name}: ${why}. Delete it and write the logits again: what is there is kept.`);
    const { tensors, metadata } = readSafetensors(await this.store.read(this.fileOf(shard)), { name });
    try {
      const logits = tensors['logits'] as Tensor | undefined;
      if (logits?.shape.join() !== [end - start, ...this.index.shape].join()) return wrong(`it should hold \`logits\` of shape [${[end - start, ...this.index.shape].join(', ')}], and has ${logits ? `[${logits.shape.join(', ')}]` : 'none'}`);
      const rows = Float32Array.from(await logits.data());
      if (metadata['fingerprint'] !== this.index.fingerprint || metadata['start'] !== String(start)) wrong('it belongs to other logits');
      if (metadata['digest'] !== await digestOf(bytesOf(rows))) wrong('it is damaged: its numbers are not those that were written');
      return rows;
    } finally {
      for (const one of Object.values(tensors)) one.dispose();
    }
  }

  /** Rows of samples, each shard read once while there is room for it. */
  async rows(ids: Int32Array): Promise<Float32Array> {
    const out = new Float32Array(ids.length * this.#stride);
    const { samples, shardSize } = this.index;
    for (const id of ids) if (!(id >= 0 && id < samples)) fail('range', `${this.store.name}: there are logits of ${samples} samples, and none of sample ${id}.`);
    // By shard, so that one that has to make room is not read again for the same batch.
    const places = [...ids.keys()].sort((a, b) => (ids[a] as number) - (ids[b] as number));
    for (const place of places) {
      const id = ids[place] as number;
      const shard = Math.floor(id / shardSize);
      const rows = this.#held.get(shard) ?? await this.#take(shard);
      const at = (id - shard * shardSize) * this.#stride;
      out.set(rows.subarray(at, at + this.#stride), place * this.#stride);
    }
    return out;
  }

  async #take(shard: number): Promise<Float32Array> {
    const rows = await this.read(shard);
    const room = Math.max(1, Math.floor(held / (this.index.shardSize * this.#stride)));
    for (const other of this.#held.keys()) if (this.#held.size >= room) this.#held.delete(other);
    this.#held.set(shard, rows);
    return rows;
  }
}
