/** The transforms of colours that JSON may name. */
import { colorJitter } from './color-jitter';
import { convertImageDtype } from './convert-image-dtype-transform';
import { gaussianBlur } from './gaussian-blur-transform';
import { grayscale, randomGrayscale } from './grayscale';
import { normalize } from './normalize-transform';
import { randomAdjustSharpness } from './random-adjust-sharpness';
import { randomAutocontrast } from './random-autocontrast';
import { randomChannelPermutation } from './random-channel-permutation';
import { randomEqualize } from './random-equalize';
import { randomInvert } from './random-invert';
import { randomPhotometricDistort } from './random-photometric-distort';
import { randomPosterize } from './random-posterize';
import { randomSolarize } from './random-solarize';

export const colourTable = {
  ColorJitter: colorJitter,
  ConvertImageDtype: convertImageDtype,
  GaussianBlur: gaussianBlur,
  Grayscale: grayscale,
  Normalize: normalize,
  RandomAdjustSharpness: randomAdjustSharpness,
  RandomAutocontrast: randomAutocontrast,
  RandomChannelPermutation: randomChannelPermutation,
  RandomEqualize: randomEqualize,
  RandomGrayscale: randomGrayscale,
  RandomInvert: randomInvert,
  RandomPhotometricDistort: randomPhotometricDistort,
  RandomPosterize: randomPosterize,
  RandomSolarize: randomSolarize,
} as const;
