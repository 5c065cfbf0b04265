/** Random crop and shift as a plugin. */
import {
  type AnyPlugin, type Batch, checkChoice, checkNumber, checkOptions, definePlugin, fail, type Inputs, isTensor, ops, type Schedule, type Shape, show, showShape, strength, type Tensor,
} from '@parsimony/core';
import { version } from '../../package.json';
import { applyRandomCrop, drawRandomCrop, type PaddingMode, paddingModes } from './random-crop';

export interface RandomCropOptions {
  /** Pixels added on each side, 0 or more, rounded: a number or a schedule of the step. Default 0. */
  readonly padding?: Schedule;
  /** Of the crop, [height, width]; evaluation does not crop. Default: the image's, so that the crop is a shift. */
  readonly size?: readonly [height: number, width: number];
  /** What the padding holds. Default `'constant'`. */
  readonly paddingMode?: PaddingMode;
  /** For `'constant'`. Default 0. */
  readonly fill?: number;
  /** [C, H, W] or [H, W] of images that come flat, as [N, C*H*W]; the crop is flat again. Default: images come as [N, C, H, W]. */
  readonly shape?: Shape;
  /** Which of several named inputs holds the images. Needed where inputs are a record. */
  readonly input?: string;
  /** Tells this one from another of its kind. */
  readonly instance?: string;
}

/**
 * Pads each training image and takes a crop of it at random, of its own size unless `size` says otherwise: a shift by up to `padding`
 * pixels. Each image has a place of its own in each step. Evaluation sees the images as they are.
 *
 * @throws option: an unknown option or one out of range. shape: inputs that are not such images.
 * @see torchvision's `RandomCrop`; He et al., arXiv:1512.03385, section 4.2, for padding 4 and crops of 32.
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { randomCrop } from '@parsimony/augment';
 * const trainer = new Trainer({
 *   model: new nn.Linear(784, 10), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7,
 *   plugins: [randomCrop({ padding: 2, shape: [28, 28] })],
 * });
 * trainer.explain().includes('@parsimony/augment/random-crop'); // => true
 * ```
 */
export function randomCrop(options: RandomCropOptions = {}): AnyPlugin {
  const where = 'randomCrop';
  checkOptions(where, options, ['padding', 'size', 'paddingMode', 'fill', 'shape', 'input', 'instance']);
  const padding = strength(where, 'padding', options.padding ?? 0, { min: 0 });
  const paddingMode = checkChoice(where, 'paddingMode', options.paddingMode ?? 'constant', paddingModes);
  const fill = checkNumber(where, 'fill', options.fill ?? 0);
  const size = options.size === undefined ? undefined : sizes(where, 'size', options.size, [2]) as [number, number];
  const shape = options.shape === undefined ? undefined : sizes(where, 'shape', options.shape, [2, 3]);
  const { input, instance } = options;
  if (input !== undefined && typeof input !== 'string') fail('option', `${where}: \`input\` must be the name of an input, received ${show(input)}.`);

  const crop = (images: Tensor, pad: number, key: Parameters<typeof drawRandomCrop>[0]): Tensor | undefined => {
    const [n = 0, channels = 0, height = 0, width = 0] = imageShape(where, images.shape, shape);
    const [h, w] = size ?? [height, width];
    if (pad === 0 && h === height && w === width) return undefined;
    const places = drawRandomCrop(key, n, { height, width, padding: pad, size: [h, w] });
    const out = applyRandomCrop(ops.reshape(images, [n, channels, height, width]), places, { paddingMode, fill });
    return shape === undefined ? out : ops.reshape(out, [n, channels * h * w]);
  };

  return definePlugin({
    name: '@parsimony/augment/random-crop',
    version,
    apiVersion: 1,
    ...(instance !== undefined && { instance }),
    options: { padding: padding.schedule, paddingMode, fill, ...(size && { size }), ...(shape && { shape }), ...(input !== undefined && { input }) },
    claims: { writes: { 'batch.inputs': 'replace' } },
    batchSemantics: 'per-sample',
    hooks: {
      // Ahead of what mixes samples, which is to mix them as cropped.
      transformBatch: {
        order: 'pre',
        handler(batch, ctx): Batch | undefined {
          const images = imagesOf(where, batch.inputs, input);
          const cropped = crop(images, Math.round(padding.at(ctx)), ctx.rng('place'));
          if (cropped === undefined) return undefined;
          return { ...batch, inputs: isTensor(batch.inputs) ? cropped : { ...batch.inputs, [input as string]: cropped } };
        },
      },
    },
  });
}

function sizes(where: string, name: string, value: unknown, ranks: readonly number[]): number[] {
  if (!Array.isArray(value) || !ranks.includes(value.length)) {
    fail('option', `${where}: \`${name}\` must be ${ranks.includes(3) ? '[C, H, W] or [H, W]' : '[height, width]'}, received ${show(value)}.`);
  }
  return value.map((n: unknown, i) => checkNumber(where, `${name}[${i}]`, n, { min: 1, integer: true }));
}

/** [N, C, H, W] of a batch. */
function imageShape(where: string, received: Shape, flat: Shape | undefined): Shape {
  if (flat === undefined) {
    if (received.length !== 4) fail('shape', `${where}: inputs must be images [N, C, H, W], received ${showShape(received)}. Give flat ones their \`shape\`: [C, H, W].`);
    return received;
  }
  const [channels, height, width] = flat.length === 2 ? [1, ...flat] : flat;
  const pixels = flat.reduce((a, b) => a * b, 1);
  if (received.length !== 2 || received[1] !== pixels) {
    fail('shape', `${where}: inputs must be [N, ${pixels}], as \`shape\` ${showShape(flat)} says, received ${showShape(received)}.`);
  }
  return [received[0] ?? 0, channels ?? 1, height ?? 0, width ?? 0];
}

function imagesOf(where: string, inputs: Inputs, name: string | undefined): Tensor {
  if (isTensor(inputs)) return inputs;
  const named = name === undefined ? undefined : inputs[name];
  return named ?? fail('option', `${where}: \`input\` must name one of the inputs ${Object.keys(inputs).join(', ')}, received ${show(name)}.`);
}
