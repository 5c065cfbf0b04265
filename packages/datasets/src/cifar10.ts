/** CIFAR-10 in its binary version. */
import { arrayDataset, checkNumber, checkOptions, type Dataset, fail, random, ready, show } from '@parsimony/core';
import type { Splits } from './idx-folder';
import { loadBytes } from './source';

/** Names of the classes, in the order of their labels. */
export const cifar10Classes = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'] as const;

export interface Cifar10Batch {
  /** [N, 3, 32, 32]: of each image its red, green and blue plane, row by row. */
  readonly images: Uint8Array;
  /** [N]: classes from 0 to 9. */
  readonly labels: Uint8Array;
}

const pixels = 3 * 32 * 32;
const record = 1 + pixels;

/**
 * Parses a file of CIFAR-10's binary version: records of 3073 bytes, a label and then 1024 bytes each of red, green and blue.
 *
 * @param bytes - The whole file, not compressed.
 * @param name - What to call it in errors.
 * @throws data: an empty file, one that ends inside a record (a truncated file), or a label above 9.
 * @example
 * ```ts
 * import { cifar10Classes, parseCifar10 } from '@parsimony/datasets';
 * const { labels, images } = parseCifar10(new Uint8Array(2 * 3073).fill(7, 0, 1));
 * [cifar10Classes[labels[0] ?? 0], labels[1], images.length]; // => ['horse', 0, 6144]
 * parseCifar10(new Uint8Array(3072)); // throws truncated: image 0 takes 3073 bytes
 * ```
 * Source: A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images" (2009); the data set's page on its binary version.
 */
export function parseCifar10(bytes: Uint8Array, name = 'CIFAR-10 data'): Cifar10Batch {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) fail('data', `${name}: expected the binary version of CIFAR-10, received gzip. Decompress and unpack it first: \`tar xzf cifar-10-binary.tar.gz\`.`);
  if (bytes.length === 0) fail('data', `${name}: expected records of ${record} bytes, received an empty file.`);
  const count = Math.floor(bytes.length / record);
  const rest = bytes.length % record;
  if (rest !== 0) fail('data', `${name}: truncated: image ${count} takes ${record} bytes, the file has ${rest} more at byte ${count * record}. Copy it again; CIFAR-100 and the Python version have other records.`);
  const images = new Uint8Array(count * pixels);
  const labels = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const label = bytes[i * record] as number;
    if (label > 9) fail('data', `${name}: the label of image ${i}, at byte ${i * record}, must be in [0, 9], received ${label}. This is another file, or damaged.`);
    labels[i] = label;
    images.set(bytes.subarray(i * record + 1, (i + 1) * record), i * pixels);
  }
  return { images, labels };
}

export interface Cifar10Options {
  /** Images to train on. Default: all that validation leaves. */
  readonly trainSize?: number;
  /** Images held out of the training files for validation. Default: a tenth of them, at least 1. */
  readonly validationSize?: number;
  /** Images to test on, from the front of the test file. Default: all. */
  readonly testSize?: number;
  /** Decides which images are trained on and which held out. Default 0. */
  readonly seed?: number;
}

/**
 * CIFAR-10: 32x32 photographs of ten classes, 50,000 to train and validate on, 10,000 to test on, from a folder (Node) or a URL with the files of
 * the binary version, `data_batch_1.bin` to `data_batch_5.bin` and `test_batch.bin`, each plain or with `.gz`.
 *
 * Inputs are float32 [N, 3, 32, 32] in [0, 1]; targets are class indices, named by `cifar10Classes`. Training and validation images are disjoint
 * draws, decided by `seed`.
 *
 * @throws file: a file is missing, unreadable or damaged. data: a truncated file or another one. option: an unknown option, or sizes larger than the files.
 * @example
 * ```ts
 * import { loadCifar10 } from '@parsimony/datasets';
 * await loadCifar10('cifar-10-batches-bin'); // throws cifar-10-batches-bin: expected one of the files data_batch_1.bin
 * ```
 * Source: A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images" (2009).
 */
export async function loadCifar10(place: string, options: Cifar10Options = {}): Promise<Splits> {
  const where = 'loadCifar10';
  if (typeof place !== 'string' || place === '') fail('option', `${where}: expected a folder or a URL, received ${show(place)}.`);
  checkOptions(where, options, ['trainSize', 'validationSize', 'testSize', 'seed']);
  for (const name of ['trainSize', 'validationSize', 'testSize'] as const) {
    if (options[name] !== undefined) checkNumber(where, name, options[name], { min: 1, integer: true });
  }
  await ready();
  const training: Cifar10Batch[] = [];
  for (const i of [1, 2, 3, 4, 5]) training.push(await load(place, `data_batch_${i}.bin`));
  const held = await load(place, 'test_batch.bin');
  const available = training.reduce((sum, { labels }) => sum + labels.length, 0);
  const validationSize = options.validationSize ?? Math.max(1, Math.floor(available / 10));
  const trainSize = options.trainSize ?? Math.max(1, available - validationSize);
  const testSize = options.testSize ?? held.labels.length;
  if (trainSize + validationSize > available) fail('option', `${where}: trainSize ${trainSize} + validationSize ${validationSize} is more than the ${available} images of the training files.`);
  if (testSize > held.labels.length) fail('option', `${where}: testSize ${testSize} is more than the ${held.labels.length} images of the test file.`);
  const order = random.permutation(random.foldIn(random.key(options.seed ?? 0), 'datasets/split'), available);
  return {
    train: choose(training, order.subarray(0, trainSize)),
    validation: choose(training, order.subarray(trainSize, trainSize + validationSize)),
    test: choose([held], Int32Array.from({ length: testSize }, (_, i) => i)),
  };
}

async function load(place: string, file: string): Promise<Cifar10Batch> {
  const { name, bytes } = await loadBytes(place, [file]);
  return parseCifar10(bytes, name);
}

/** The images of these positions in the files, one after the other. */
function choose(files: readonly Cifar10Batch[], ids: Int32Array): Dataset {
  const inputs = new Uint8Array(ids.length * pixels);
  const labels = new Int32Array(ids.length);
  ids.forEach((id, i) => {
    let [at, k] = [id, 0];
    while (at >= (files[k] as Cifar10Batch).labels.length) at -= (files[k++] as Cifar10Batch).labels.length;
    const file = files[k] as Cifar10Batch;
    inputs.set(file.images.subarray(at * pixels, (at + 1) * pixels), i * pixels);
    labels[i] = file.labels[at] as number;
  });
  return arrayDataset({ inputs, shape: [3, 32, 32], labels, numClasses: 10 });
}
