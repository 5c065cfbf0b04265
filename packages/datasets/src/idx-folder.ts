/** Image data sets in the four IDX files of MNIST: MNIST itself, Fashion-MNIST, KMNIST, or one's own. */
import { arrayDataset, checkNumber, checkOptions, type Dataset, fail, random, ready, show } from '@parsimony/core';
import { parseIdx } from './idx';
import { loadBytes } from './source';

export interface SplitOptions {
  /** Images to train on. Default: all that validation leaves. */
  readonly trainSize?: number;
  /** Images held out of the training file for validation. Default: a sixth of the file, at least 1. */
  readonly validationSize?: number;
  /** Images to test on, from the front of the test file. Default: all. */
  readonly testSize?: number;
  /** Images read from the front of the training file; what lies behind them is not looked at, so that it may be damaged. Default: all. */
  readonly trainLimit?: number;
  /** The same of the test file. */
  readonly testLimit?: number;
  /** Decides which images are trained on and which held out. Default 0. */
  readonly seed?: number;
  /** 'flat': inputs [N, H * W]; 'image': [N, 1, H, W]. Default 'flat'. */
  readonly layout?: 'flat' | 'image';
  /** Number of classes. Default: the largest label + 1 of the training file. */
  readonly numClasses?: number;
}

export interface Splits {
  readonly train: Dataset;
  readonly validation: Dataset;
  readonly test: Dataset;
}

export interface ImageFile { readonly images: Uint8Array; readonly labels: Int32Array; readonly height: number; readonly width: number }

const splitKeys = ['trainSize', 'validationSize', 'testSize', 'trainLimit', 'testLimit', 'seed', 'layout', 'numClasses'] as const;

/** One pair of image and label files, checked against each other. */
async function loadPair(place: string, prefix: string, limit: number | undefined): Promise<ImageFile> {
  const images = await loadBytes(place, [`${prefix}-images-idx3-ubyte`, `${prefix}-images.idx3-ubyte`]);
  const labels = await loadBytes(place, [`${prefix}-labels-idx1-ubyte`, `${prefix}-labels.idx1-ubyte`]);
  const options = limit === undefined ? {} : { limit };
  const pixels = parseIdx(images.bytes, images.name, options);
  const classes = parseIdx(labels.bytes, labels.name, options);
  if (pixels.shape.length !== 3 || !(pixels.data instanceof Uint8Array)) {
    fail('data', `${images.name}: expected bytes of shape [images, height, width], received shape [${pixels.shape.join(', ')}].`);
  }
  if (classes.shape.length !== 1) fail('data', `${labels.name}: expected one label an image, received shape [${classes.shape.join(', ')}].`);
  const [n = 0, height = 0, width = 0] = pixels.shape;
  if (classes.data.length !== n) fail('data', `${labels.name}: expected ${n} labels for the ${n} images of ${images.name}, received ${classes.data.length}.`);
  return { images: pixels.data, labels: Int32Array.from(classes.data), height, width };
}

/** The chosen images of a file as a data set of uint8 pixels, which become float32 in [0, 1] in its batches. */
function choose(file: ImageFile, ids: Int32Array, layout: 'flat' | 'image', numClasses: number): Dataset {
  const size = file.height * file.width;
  const inputs = new Uint8Array(ids.length * size);
  const labels = new Int32Array(ids.length);
  ids.forEach((id, i) => {
    inputs.set(file.images.subarray(id * size, (id + 1) * size), i * size);
    labels[i] = file.labels[id] ?? 0;
  });
  return arrayDataset({ inputs, shape: layout === 'flat' ? [size] : [1, file.height, file.width], labels, numClasses });
}

/**
 * The data set in a folder (Node) or under a URL that holds `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`,
 * `t10k-images-idx3-ubyte` and `t10k-labels-idx1-ubyte`, each plain or with `.gz`. Training and validation images are
 * disjoint draws from the training file, decided by `seed`; the test images are the front of the test file.
 *
 * Inputs are float32 in [0, 1], [N, H * W] or [N, 1, H, W]; targets are class indices.
 *
 * @throws file: a file is missing, unreadable or damaged. data: not IDX, truncated, sizes that do not agree, a label out of range.
 * option: an unknown option, or sizes larger than the files.
 */
export async function loadIdxFolder(place: string, options: SplitOptions = {}): Promise<Splits> {
  const where = 'loadIdxFolder';
  if (typeof place !== 'string' || place === '') fail('option', `${where}: expected a folder or a URL, received ${show(place)}.`);
  const { layout = 'flat', seed = 0 } = checkSplit(where, options);
  await ready();
  const train = await loadPair(place, 'train', options.trainLimit);
  const test = await loadPair(place, 't10k', options.testLimit);
  const available = train.labels.length;
  const validationSize = options.validationSize ?? Math.max(1, Math.floor(available / 6));
  const trainSize = options.trainSize ?? Math.max(1, available - validationSize);
  const testSize = options.testSize ?? test.labels.length;
  if (trainSize + validationSize > available) {
    fail('option', `${where}: trainSize ${trainSize} + validationSize ${validationSize} is more than the ${available} images of the training file.`);
  }
  if (testSize > test.labels.length) fail('option', `${where}: testSize ${testSize} is more than the ${test.labels.length} images of the test file.`);
  if (train.height !== test.height || train.width !== test.width) {
    fail('data', `${where}: training images of ${train.height}x${train.width} beside test images of ${test.height}x${test.width}.`);
  }
  const numClasses = options.numClasses ?? train.labels.reduce((most, label) => Math.max(most, label), 0) + 1;
  const order = random.permutation(random.foldIn(random.key(seed), 'datasets/split'), available);
  const first = Int32Array.from({ length: testSize }, (_, i) => i);
  return {
    train: choose(train, order.subarray(0, trainSize), layout, numClasses),
    validation: choose(train, order.subarray(trainSize, trainSize + validationSize), layout, numClasses),
    test: choose(test, first, layout, numClasses),
  };
}

/** Checks the options that the loaders share. */
function checkSplit(where: string, options: SplitOptions): SplitOptions {
  checkOptions(where, options, splitKeys);
  for (const name of ['trainSize', 'validationSize', 'testSize', 'trainLimit', 'testLimit', 'numClasses'] as const) {
    if (options[name] !== undefined) checkNumber(where, name, options[name], { min: 1, integer: true });
  }
  if (options.layout !== undefined && options.layout !== 'flat' && options.layout !== 'image') {
    fail('option', `${where}: \`layout\` must be 'flat' or 'image', received ${show(options.layout)}.`);
  }
  return options;
}
