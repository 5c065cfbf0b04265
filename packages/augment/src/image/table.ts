/** Every transform that JSON may name. A new one is a line here. */
import { compose } from '../transform/compose';
import type { Transform } from '../transform/transform';
import { centerCrop } from './center-crop';
import { colourTable } from './colour/table';
import { pad } from './pad';
import { randomCrop } from './random-crop';
import { randomHorizontalFlip, randomVerticalFlip } from './random-flip';

/** Makes a transform of its options; transforms among these are made already. */
export type TransformFactory = (options: never) => Transform;

export const transformTable: Readonly<Record<string, TransformFactory>> = {
  Pad: pad,
  CenterCrop: centerCrop,
  RandomCrop: randomCrop,
  RandomHorizontalFlip: randomHorizontalFlip,
  RandomVerticalFlip: randomVerticalFlip,
  ...colourTable,
  Compose: compose,
};
