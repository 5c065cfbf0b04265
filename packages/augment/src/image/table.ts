/** Every transform that JSON may name. A new one is a line here. */
import { compose } from '../transform/compose';
import type { Transform } from '../transform/transform';
import { randomHorizontalFlip, randomVerticalFlip } from './random-flip';

/** Makes a transform of its options; transforms among these are made already. */
export type TransformFactory = (options: never) => Transform;

export const transformTable: Readonly<Record<string, TransformFactory>> = {
  RandomHorizontalFlip: randomHorizontalFlip,
  RandomVerticalFlip: randomVerticalFlip,
  Compose: compose,
};
