/** Transforms that do the same to each image with a probability: what most of colour is. */
import { checkOptions, type Schedule, type Tensor } from '@parsimony/core';
import { defineTransform } from '../../transform/define';
import { Draws } from '../../transform/draws';
import { checkProbability, strengthAt } from '../../transform/options';
import type { Pixels, Size, Transform } from '../../transform/transform';
import { checkChannels } from '../pixels';
import { channelsOf, whereTrue } from './device';

export interface ProbabilityOptions {
  /** Probability for each image, in [0, 1]; a number or a schedule. Default 0.5. */
  readonly p?: Schedule;
}

const colours: readonly number[] = [1, 3];

/** The size as it is, of images that have colours or a grey. */
export function colourSize(where: string, size: Size): Size {
  checkChannels(where, size, colours);
  return size;
}

interface Change {
  /** Beside `p`, checked. */
  readonly options?: Readonly<Record<string, unknown>>;
  readonly image: (image: Pixels, into?: Pixels['data']) => Pixels;
  readonly tensor?: (images: Tensor) => Tensor;
}

/** Drawn: whether to. */
export function sometimes(where: string, options: ProbabilityOptions, known: readonly string[], p: Schedule, { image, tensor, options: own }: Change): Transform<boolean> {
  checkOptions(where, options, [...known, 'p']);
  const probability = checkProbability(where, options.p ?? p);
  return defineTransform<boolean>({
    name: where,
    options: { ...own, p: probability.schedule },
    outputSize: (size) => colourSize(where, size),
    draw: (key, _, progress) => new Draws(key).coin(strengthAt(probability, progress)),
    apply: (scene, yes, into) => (yes ? { ...scene, image: image(scene.image, into) } : scene),
    ...(tensor && {
      applyToTensor(images: Tensor, flags: readonly boolean[]) {
        channelsOf(where, images, colours);
        return flags.includes(true) ? whereTrue(flags, tensor(images), images) : images;
      },
    }),
  });
}
