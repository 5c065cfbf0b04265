/** The geometric transforms by name. */
import { centerCrop } from './center-crop';
import { elasticTransform } from './elastic-transform';
import { pad } from './pad';
import { randomAffine } from './random-affine';
import { randomCrop } from './random-crop';
import { randomHorizontalFlip, randomVerticalFlip } from './random-flip';
import { randomPerspective } from './random-perspective';
import { randomResizedCrop } from './random-resized-crop';
import { randomRotation } from './random-rotation';
import { randomZoomOut } from './random-zoom-out';
import { resizeTransform } from './resize-transform';

export const geometryTable = {
  Pad: pad,
  CenterCrop: centerCrop,
  Resize: resizeTransform,
  RandomCrop: randomCrop,
  RandomResizedCrop: randomResizedCrop,
  RandomHorizontalFlip: randomHorizontalFlip,
  RandomVerticalFlip: randomVerticalFlip,
  RandomRotation: randomRotation,
  RandomAffine: randomAffine,
  RandomPerspective: randomPerspective,
  ElasticTransform: elasticTransform,
  RandomZoomOut: randomZoomOut,
};
