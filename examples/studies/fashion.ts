/** Fashion-MNIST, from the IDX files of a folder that the command names; and the small convolutional net that the studies on it train. */
import { nn } from '@parsimony/core';
import { loadIdxFolder, loadMnist, type SplitOptions, type Splits } from '@parsimony/datasets';
import type { StudyOptions } from './study';

/** Images of the front of each file, which is all that a damaged copy has to have whole. */
const limits = { trainLimit: 40_000, testLimit: 2000 };

/** Images [N, 1, 28, 28], of the training file's first 40,000 and the test file's first 2,000. A quick run without a folder takes digits in their place: it shows that everything runs, nothing else. */
export async function loadFashion({ data, quick }: StudyOptions, sizes: SplitOptions): Promise<Splits> {
  const split = { ...sizes, layout: 'image' as const, numClasses: 10 };
  if (data !== undefined) return loadIdxFolder(data, { ...split, ...limits });
  if (quick) return loadMnist(split);
  throw new Error('This study trains on Fashion-MNIST: name the folder with its four IDX files by --data FOLDER. They are at https://github.com/zalandoresearch/fashion-mnist.');
}

/** Two convolutions with strides in place of pooling, 12 and 24 channels, and a hidden layer of 64. */
export const buildFashionModel = (): nn.Sequential => new nn.Sequential(
  new nn.Conv2d(1, 12, 3, { stride: 2, padding: 1 }), new nn.ReLU(), new nn.Conv2d(12, 24, 3, { stride: 2, padding: 1 }), new nn.ReLU(),
  new nn.Flatten(), new nn.Linear(24 * 7 * 7, 64), new nn.ReLU(), new nn.Linear(64, 10));
