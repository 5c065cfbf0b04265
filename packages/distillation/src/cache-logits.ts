/** Writes what a teacher says of every sample of a data set, once. */
import {
  type Batch, checkFunction, checkNumber, checkOptions, type CheckpointStore, type Dataset, directoryStore, fail, type Inputs, isTensor, nn, noGrad, type Outputs, ready, scope, show, showShape,
  type Tensor,
} from '@parsimony/core';
import { CachedLogits } from './cached-logits';
import { digestOf, type LogitsIndex, LogitsShards, readIndex, writeIndex } from './logit-shards';

export interface CacheLogitsOptions {
  /** The path of a folder, or a store such as `memoryStore()`. Required. */
  readonly to: string | CheckpointStore;
  /** A module with its weights, run in evaluation; or a function from inputs to scores, at once. Required. */
  readonly teacher: nn.Module<Inputs, Outputs> | nn.Module | ((inputs: Inputs) => Tensor);
  /** The data that the student will be trained on. Required. */
  readonly data: Dataset;
  /** Samples at a time, 1 or more. Default 256. */
  readonly batchSize?: number;
  /** Samples a file, 1 or more. Default 8192. */
  readonly shardSize?: number;
  /** What tells this teacher from others. Default: a digest of a module's weights; a function needs one where writing is to go on after an interruption. */
  readonly fingerprint?: string;
  /** Told after each shard. */
  readonly onProgress?: (done: { readonly samples: number; readonly of: number }) => void;
}

/**
 * Runs the teacher over the data set, in evaluation, and writes its scores in shards: safetensors files, each whole or not there, and an
 * index. Where some are there already, of this teacher, it goes on from them; where all are, the teacher does not run.
 *
 * The data set draws nothing here: the scores are of the samples without augmentation, and a student that sees them augmented is taught
 * what the teacher said of the plain ones. The plan of a Trainer says so; where samples are mixed it refuses.
 *
 * @throws option: an unknown or bad option. state: logits of another data set, another teacher or another shape of files are there. file: a
 * damaged shard. data: what the data set throws. dtype, shape: scores that are no tensor [N, ...].
 * @example
 * ```ts
 * import { arrayDataset, losses, memoryStore, nn, optim, random, ready, Trainer } from '@parsimony/core';
 * import { cacheLogits, distillation } from '@parsimony/distillation';
 * await ready();
 * const data = arrayDataset({ inputs: new Float32Array(32), shape: [4], labels: new Int32Array(8), numClasses: 2 });
 * const teacher = new nn.Linear(4, 2).init(random.key(1));
 * const logits = await cacheLogits({ to: memoryStore(), teacher, data }); // or to: 'runs/teacher-logits'
 * logits.size; // => 8
 * const trainer = new Trainer({
 *   model: new nn.Linear(4, 2), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7, plugins: [distillation({ teacher: logits })],
 * });
 * (await trainer.fit({ train: data, epochs: 1, batchSize: 4 })).steps; // => 2
 * ```
 */
export async function cacheLogits(options: CacheLogitsOptions): Promise<CachedLogits> {
  const where = 'cacheLogits';
  checkOptions(where, options, ['to', 'teacher', 'data', 'batchSize', 'shardSize', 'fingerprint', 'onProgress']);
  const { teacher, data, onProgress } = options;
  const store = storeOf(where, 'to', options.to);
  const batchSize = checkNumber(where, 'batchSize', options.batchSize ?? 256, { min: 1, integer: true });
  const shardSize = checkNumber(where, 'shardSize', options.shardSize ?? 8192, { min: 1, integer: true });
  if (onProgress !== undefined) checkFunction(where, 'onProgress', onProgress);
  if (options.fingerprint !== undefined && typeof options.fingerprint !== 'string') fail('option', `${where}: \`fingerprint\` must be a text, received ${show(options.fingerprint)}.`);
  if (!nn.isModule(teacher) && typeof teacher !== 'function') fail('option', `${where}: \`teacher\` must be a module with its weights or a function from inputs to scores, received ${show(teacher)}.`);
  if (typeof (data as Partial<Dataset> | undefined)?.batch !== 'function' || !((data as Partial<Dataset>).size as number > 0)) fail('option', `${where}: \`data\` must be a data set with samples, received ${show(data)}.`);
  await ready();
  const scoresOf = (inputs: Inputs): unknown => (nn.isModule(teacher) ? (teacher as nn.Module<Inputs, Outputs>).forward(inputs) : (teacher as (inputs: Inputs) => unknown)(inputs));
  const fingerprint = options.fingerprint ?? (nn.isModule(teacher) ? await fingerprintOf(teacher) : '');
  const before = await readIndex(store);
  if (before) checkSame(store, before, { samples: data.size, shardSize, fingerprint });
  const present = new Set(await store.list());
  let shards = before && new LogitsShards(store, before);
  const count = Math.ceil(data.size / shardSize);
  for (let shard = 0; shard < count; shard++) {
    // One that is there is read, so that a damaged one shows now and not in the middle of a fit.
    if (shards && present.has(shards.fileOf(shard))) {
      if (!before?.complete) await shards.read(shard);
      continue;
    }
    const [start, end] = [shard * shardSize, Math.min(data.size, (shard + 1) * shardSize)];
    const { rows, shape } = await run(data, scoresOf, start, end, batchSize);
    if (!shards) {
      shards = new LogitsShards(store, { format: 'parsimony-logits', version: 1, samples: data.size, shape, dtype: 'float32', shardSize, fingerprint, complete: false });
      await writeIndex(store, shards.index);
    }
    if (shape.join() !== shards.index.shape.join()) fail('shape', `${where}: the teacher gave scores of shape ${showShape(shape)} a sample, and of ${showShape(shards.index.shape)} before.`);
    await shards.write(shard, rows);
    onProgress?.({ samples: end, of: data.size });
  }
  const done = shards ?? fail('state', `${where}: nothing was written.`);
  const index: LogitsIndex = { ...done.index, complete: true };
  if (!before?.complete) await writeIndex(store, index);
  return new CachedLogits(new LogitsShards(store, index), index);
}

/**
 * Logits that `cacheLogits` wrote.
 *
 * @throws option: neither a path nor a store. file: none there, damaged, or not yet complete.
 * @example
 * ```ts
 * import { memoryStore } from '@parsimony/core';
 * import { openLogits } from '@parsimony/distillation';
 * const error: unknown = await openLogits(memoryStore()).catch((e: unknown) => e);
 * (error as Error).message; // => 'memory: there are no logits here. Write them with `cacheLogits`.'
 * ```
 */
export async function openLogits(from: string | CheckpointStore): Promise<CachedLogits> {
  const store = storeOf('openLogits', 'from', from);
  const index = await readIndex(store) ?? fail('file', `${store.name}: there are no logits here. Write them with \`cacheLogits\`.`);
  if (!index.complete) fail('file', `${store.name}: not all logits are written: \`cacheLogits\` was interrupted. Call it again, and it goes on.`);
  return new CachedLogits(new LogitsShards(store, index), index);
}

function storeOf(where: string, name: string, given: unknown): CheckpointStore {
  if (typeof given === 'string' && given !== '') return directoryStore(given);
  const store = given as Partial<CheckpointStore> | null | undefined;
  if (typeof store === 'object' && typeof store?.read === 'function' && typeof store.write === 'function' && typeof store.list === 'function') return store as CheckpointStore;
  return fail('option', `${where}: \`${name}\` must be the path of a folder or a store, received ${show(given)}.`);
}

function checkSame({ name }: CheckpointStore, before: LogitsIndex, { samples, shardSize, fingerprint }: Pick<LogitsIndex, 'samples' | 'shardSize' | 'fingerprint'>): void {
  const refuse = (what: string): never => fail('state', `cacheLogits: ${name} has logits of ${what}. Give another folder, or delete this one.`);
  if (before.samples !== samples) refuse(`a data set of ${before.samples} samples; this one has ${samples}`);
  if (before.fingerprint !== fingerprint) refuse(`another teacher (fingerprint ${show(before.fingerprint)}; this one's is ${show(fingerprint)})`);
  if (before.shardSize !== shardSize) refuse(`${before.shardSize} samples a file; \`shardSize\` is ${shardSize}`);
}

async function fingerprintOf(teacher: unknown): Promise<string> {
  const parts: Uint8Array[] = [];
  for (const [path, value] of Object.entries((teacher as nn.Module).stateDict())) {
    parts.push(new TextEncoder().encode(`${path}:${value.shape.join()};`), new Uint8Array(Float32Array.from(await value.data()).buffer));
  }
  return digestOf(...parts);
}

/** The scores of samples start to end. */
async function run(data: Dataset, scoresOf: (inputs: Inputs) => unknown, start: number, end: number, batchSize: number): Promise<{ readonly rows: Float32Array; readonly shape: readonly number[] }> {
  let [rows, shape] = [new Float32Array(0), [] as readonly number[]];
  for (let at = start; at < end; at += batchSize) {
    const ids = Int32Array.from({ length: Math.min(batchSize, end - at) }, (_, i) => at + i);
    const batch = await data.batch(ids);
    const scores = scope(() => noGrad(() => scoresOf(batch.inputs)));
    if (!isTensor(scores)) return fail('dtype', `cacheLogits: the teacher must give one tensor of scores, at once, received ${show(scores)}.`);
    const stride = scores.size / ids.length;
    if (scores.shape[0] !== ids.length || scores.rank < 2) fail('shape', `cacheLogits: the teacher must give scores [${ids.length}, ...] for ${ids.length} samples, received ${showShape(scores.shape)}.`);
    if (at === start) [rows, shape] = [new Float32Array((end - start) * stride), scores.shape.slice(1)];
    rows.set(Float32Array.from(await scores.data()), (at - start) * stride);
    scores.dispose();
    disposeBatch(batch);
  }
  return { rows, shape };
}

function disposeBatch({ inputs, target, original, ids }: Batch): void {
  const all = new Set([ids, ...[inputs, target, original].flatMap((part) => (isTensor(part) ? [part] : Object.values(part).filter(isTensor)))]);
  for (const one of all) one.dispose();
}
