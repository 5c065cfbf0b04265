/** A data set of images that are changed before they become tensors, in threads ahead of the step. */
import {
  type Batch, type BatchContext, checkNumber, checkOptions, type Dataset, fail, type Shape, show, type TargetOptions, targetOptions, targetSource, tensor, type Tensor,
} from '@parsimony/core';
import { checkFinite } from '../pixels';
import { checkDeviation, perChannel } from '../colour/normalize';
import type { Size } from '../../transform/transform';
import { Pool } from './pool';
import { type Normalization, occurrences, outputSize, type Rows, type Source, writeRows } from './rows';
import { noThreadsReason } from './threads';
import { checkTransformFactory, chosenTransforms, type ImageTransformFactory, type ImageTransforms } from './transforms';

export interface ImageDatasetOptions extends TargetOptions, ImageTransforms {
  /** All images in a row. `Uint8Array`: 0 to 255, kept and transformed as bytes; `Float32Array`: 0 to 1. Not copied without workers. */
  readonly images: Uint8Array | Float32Array;
  /** Of one image: [C, H, W] or [H, W]. */
  readonly shape: Shape;
  /** (x - mean) / std, in the pass that makes floats: a number for all channels or one each. Default: none; bytes are divided by 255. */
  readonly normalize?: { readonly mean: number | readonly number[]; readonly std: number | readonly number[] };
  /** Threads that transform, a whole number from 0 to 64. Default 0: the main one does. Without SharedArrayBuffer it does in any case. */
  readonly workers?: number;
  /** How many batches are asked for before they are needed, 0 to 1024. Default 2 with workers, else 0. */
  readonly ahead?: number;
  /** What makes the transforms in the workers, where one of them is your own (`defineTransform`): a module, which runs there too. */
  readonly factory?: string | URL | ImageTransformFactory;
  /** Browsers whose policy forbids workers from a Blob: the address of a file that holds `imageWorkerSource()`. */
  readonly workerUrl?: string;
}

export interface ImageDataset extends Dataset {
  /** [C, H, W] of a training image as it is batched. */
  readonly shape: Shape;
  /** Images [N, C, H, W], float32. A promise where there are workers. */
  batch(ids: Int32Array, context?: BatchContext): Batch & { readonly inputs: Tensor } | Promise<Batch & { readonly inputs: Tensor }>;
  /** Ends the workers, with an error for batches that are being made. A batch that is asked for later starts them again. */
  close(): Promise<void>;
}

const where = 'imageDataset';
const known = ['images', 'shape', ...targetOptions, 'transform', 'evalTransform', 'normalize', 'workers', 'ahead', 'factory', 'workerUrl'];

/**
 * A data set of images: bytes are kept, transformed as bytes, and become floats in the last pass, where the tensor is made from. Each training
 * image is drawn for by the run's key, the step, its id and how often that came before in the batch, so that a run repeats, and resumes to the
 * bit, with any number of workers and any `ahead`. Without a context (evaluation) images go through `evalTransform` alone.
 *
 * @throws option: an unknown option or one out of range. data: no images, lengths that do not agree, a label out of range, floats that are not
 * finite; from `batch` what a transform threw, with the id of its sample, and that a worker ended.
 * @example
 * ```ts
 * import { batches, random, ready } from '@parsimony/core';
 * import { compose, imageDataset, randomCrop, randomHorizontalFlip } from '@parsimony/augment';
 * await ready();
 * const train = imageDataset({
 *   images: new Uint8Array(4 * 3 * 8 * 8).fill(255), shape: [3, 8, 8], labels: [0, 1, 1, 0], numClasses: 2, workers: 1,
 *   transform: compose([randomCrop({ padding: 2 }), randomHorizontalFlip()]), normalize: { mean: 0.5, std: 0.5 },
 * });
 * const shapes: string[] = [];
 * for await (const { inputs } of batches(train, { batchSize: 2, key: random.key(1) })) shapes.push(String('shape' in inputs && inputs.shape));
 * await train.close();
 * shapes; // => ['2,3,8,8', '2,3,8,8']
 * ```
 */
export function imageDataset(options: ImageDatasetOptions): ImageDataset {
  checkOptions(where, options, known);
  const size = sizeOf(options.shape);
  const stride = size.channels * size.height * size.width;
  const count = checkImages(options.images, stride);
  const chosen = chosenTransforms(where, { transform: options.transform, evalTransform: options.evalTransform });
  const sizes = { training: outputSize({ size, normalize: undefined, ...chosen }, true), evaluation: outputSize({ size, normalize: undefined, ...chosen }, false) };
  const workers = noThreadsReason() === undefined ? checkNumber(where, 'workers', options.workers ?? 0, { min: 0, max: 64, integer: true }) : 0;
  const ahead = checkNumber(where, 'ahead', options.ahead ?? (workers > 0 ? 2 : 0), { min: 0, max: 1024, integer: true });
  const factory = options.factory === undefined ? undefined : checkTransformFactory(where, options.factory);
  if (options.workerUrl !== undefined && typeof options.workerUrl !== 'string') fail('option', `${where}: \`workerUrl\` must be an address, received ${show(options.workerUrl)}.`);
  const targets = targetSource(where, options, count);
  const source: Source = { images: workers > 0 ? shared(options.images) : options.images, size, normalize: checkNormalize(options.normalize, sizes), ...chosen };
  const buffers: Float32Array<SharedArrayBuffer>[] = [];
  let scratch = new Float32Array(0);
  let pool: Promise<Pool> | undefined;

  const openPool = async (): Promise<Pool> => {
    const seen = pool;
    const open = await seen?.catch(() => undefined);
    const { transform, evalTransform, ...rest } = source;
    // Somebody else may have started new ones meanwhile.
    if (!pool || (pool === seen && (open?.broken ?? true))) pool = Pool.start(workers, { ...rest, transform: transform?.toJSON(), evalTransform: evalTransform?.toJSON(), factory }, options.workerUrl);
    return pool;
  };
  const batchOf = (ids: Int32Array, values: Float32Array, to: Size): Batch & { readonly inputs: Tensor } => {
    const target = targets.batch(ids);
    return { inputs: tensor(values, [ids.length, to.channels, to.height, to.width]), target, original: target, ids: tensor(ids), size: ids.length };
  };
  const inWorkers = async (ids: Int32Array, context: Rows['context'], to: Size, each: number): Promise<Batch & { readonly inputs: Tensor }> => {
    const need = ids.length * each;
    const taken = buffers.pop();
    const out = taken && taken.length >= need ? taken : new Float32Array(new SharedArrayBuffer(4 * need));
    await (await openPool()).write(ids, context, out.subarray(0, need), each);
    const made = batchOf(ids, out.subarray(0, need), to);
    if (buffers.length <= ahead) buffers.push(out);
    return made;
  };

  return {
    size: count, ahead, shape: [sizes.training.channels, sizes.training.height, sizes.training.width],
    ...(targets.numClasses === undefined ? {} : { numClasses: targets.numClasses }),
    batch(given, context) {
      for (const id of given) if (!(id >= 0 && id < count)) fail('range', `${where}: sample ${id} does not exist; the data set has ${count}.`);
      const ids = given.slice();
      const to = context ? sizes.training : sizes.evaluation;
      const each = to.channels * to.height * to.width;
      const at = context && { key: context.key, step: context.step, totalSteps: context.totalSteps };
      if (workers > 0) return inWorkers(ids, at, to, each);
      if (scratch.length < ids.length * each) scratch = new Float32Array(ids.length * each);
      const values = scratch.subarray(0, ids.length * each);
      writeRows(source, { ids, before: occurrences(ids), context: at }, values);
      return batchOf(ids, values, to);
    },
    async close() {
      const open = pool;
      pool = undefined;
      buffers.length = 0;
      await (await open)?.close();
    },
  };
}

/**
 * What the workers of `imageDataset` run, for `workerUrl`.
 *
 * @example
 * ```ts
 * import { imageWorkerSource } from '@parsimony/augment';
 * (await imageWorkerSource()).length > 10_000; // => true
 * ```
 */
export async function imageWorkerSource(): Promise<string> {
  return (await import('./generated/worker-source')).workerSource;
}

function sizeOf(shape: Shape): Size {
  if (!Array.isArray(shape) || (shape.length !== 2 && shape.length !== 3)) fail('option', `${where}: \`shape\` must be [C, H, W] or [H, W] of one image, received ${show(shape)}.`);
  const sides: number[] = shape.map((n: unknown, i) => checkNumber(where, `shape[${i}]`, n, { min: 1, integer: true }));
  const [channels = 1, height = 1, width = 1] = sides.length === 2 ? [1, ...sides] : sides;
  return { channels, height, width };
}

/** Their number. */
function checkImages(images: unknown, stride: number): number {
  if (!(images instanceof Uint8Array || images instanceof Float32Array)) return fail('data', `${where}: \`images\` must be a Uint8Array (0 to 255) or a Float32Array (0 to 1), received ${show(images)}.`);
  if (images.length === 0 || images.length % stride !== 0) fail('data', `${where}: \`images\` must hold one or more whole images of ${stride} values, received ${images.length} values.`);
  if (images instanceof Float32Array) checkFinite(where, images);
  return images.length / stride;
}

function checkNormalize(given: ImageDatasetOptions['normalize'], { training, evaluation }: { readonly training: Size; readonly evaluation: Size }): Normalization | undefined {
  if (given === undefined) return undefined;
  checkOptions(`${where}: normalize`, given, ['mean', 'std']);
  if (training.channels !== evaluation.channels) fail('option', `${where}: with \`normalize\` images must have as many channels in training (${training.channels}) as in evaluation (${evaluation.channels}).`);
  const std = perChannel(where, 'normalize.std', given.std, training.channels);
  for (const one of std) checkDeviation(where, one);
  return { mean: perChannel(where, 'normalize.mean', given.mean, training.channels), std };
}

/** In memory that threads share: a copy, unless it lies there already. */
function shared<T extends Uint8Array | Float32Array>(images: T): T {
  if (images.buffer instanceof SharedArrayBuffer) return images;
  const out = images instanceof Uint8Array ? new Uint8Array(new SharedArrayBuffer(images.byteLength)) : new Float32Array(new SharedArrayBuffer(images.byteLength));
  out.set(images);
  return out as unknown as T;
}
