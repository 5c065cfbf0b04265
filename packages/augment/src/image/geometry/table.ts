/** The geometric transforms by name. */
import { centerCrop } from './center-crop';
import { pad } from './pad';
import { randomCrop } from './random-crop';
import { randomHorizontalFlip, randomVerticalFlip } from './random-flip';

export const geometryTable = {
  Pad: pad,
  CenterCrop: centerCrop,
  RandomCrop: randomCrop,
  RandomHorizontalFlip: randomHorizontalFlip,
  RandomVerticalFlip: randomVerticalFlip,
};
