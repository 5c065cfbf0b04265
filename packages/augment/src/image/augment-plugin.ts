/** Any transform of images as a plugin of the trainer. */
import {
  type AnyPlugin, type Batch, checkNumber, checkOptions, definePlugin, fail, type Inputs, isTensor, ops, type Shape, show, showShape, type StepContext, type Tensor, tensor,
} from '@parsimony/core';
import { version } from '../../package.json';
import { checkTransform } from '../transform/nested';
import { applyToBatch, drawFor } from '../transform/run';
import type { Size, Transform } from '../transform/transform';

export interface AugmentOptions {
  /** What happens to each training image. */
  readonly transform: Transform;
  /** [C, H, W] or [H, W] of images that come flat, as [N, C*H*W]; what comes out is flat again. Default: images come as [N, C, H, W]. */
  readonly shape?: Shape;
  /** Which of several named inputs holds the images. Needed where inputs are a record. */
  readonly input?: string;
  /** Tells this one from another of its kind. */
  readonly instance?: string;
}

/**
 * Transforms each training image, with a draw of its own in each step. Evaluation sees the images as they are.
 *
 * Floats [N, C, H, W] in, the transform's output size out. A transform that works on tensors (crops, flips, changes of single pixels) stays
 * on the device; any other reads the batch, changes it and writes it back. Options that are schedules follow the run.
 *
 * @throws option: an unknown option or one out of range. shape: inputs that are not such images, or that the transform cannot take.
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { augment, compose, randomCrop, randomHorizontalFlip } from '@parsimony/augment';
 * const trainer = new Trainer({
 *   model: new nn.Linear(784, 10), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7,
 *   plugins: [augment({ transform: compose([randomCrop({ padding: 2 }), randomHorizontalFlip()]), shape: [28, 28] })],
 * });
 * trainer.explain().includes('@parsimony/augment/augment'); // => true
 * ```
 */
export function augment(options: AugmentOptions): AnyPlugin {
  const where = 'augment';
  checkOptions(where, options, ['transform', 'shape', 'input', 'instance']);
  const transform = checkTransform(where, 'transform', options.transform);
  const shape = options.shape === undefined ? undefined : checkImageShape(where, options.shape);
  const { input, instance } = options;
  if (input !== undefined && typeof input !== 'string') fail('option', `${where}: \`input\` must be the name of an input, received ${show(input)}.`);

  /** Of a whole batch, as its inputs were. */
  const changed = (images: Tensor, ctx: StepContext): Tensor | Promise<Tensor> => {
    const [n = 0, channels = 0, height = 0, width = 0] = imageShape(where, images.shape, shape);
    const size = { channels, height, width };
    const drawn = drawFor(transform, ctx.rng('image'), n, size, { step: ctx.step, totalSteps: ctx.totalSteps });
    const packed = (to: Size): Shape => (shape === undefined ? [n, to.channels, to.height, to.width] : [n, to.channels * to.height * to.width]);
    if (transform.applyToTensor) {
      const stacked = shape === undefined ? images : ops.reshape(images, [n, channels, height, width]);
      const out = transform.applyToTensor(stacked, drawn);
      return out === stacked ? images : ops.reshape(out, packed(transform.outputSize(size)));
    }
    return images.data().then((read) => {
      const { data, ...to } = applyToBatch(transform, { data: read instanceof Float32Array ? read : Float32Array.from(read), count: n, ...size }, drawn);
      return tensor(data as Float32Array, packed(to));
    });
  };

  return definePlugin({
    name: '@parsimony/augment/augment',
    version,
    apiVersion: 1,
    ...(instance !== undefined && { instance }),
    options: { transform: transform.toJSON(), ...(shape && { shape }), ...(input !== undefined && { input }) },
    claims: { writes: { 'batch.inputs': 'replace' } },
    batchSemantics: 'per-sample',
    hooks: {
      // Ahead of what mixes samples, which is to mix them as transformed.
      transformBatch: {
        order: 'pre',
        handler(batch, ctx): Batch | undefined | Promise<Batch> {
          const images = imagesOf(where, batch.inputs, input);
          const out = changed(images, ctx);
          if (out === images) return undefined;
          const replaced = (made: Tensor): Batch => ({ ...batch, inputs: isTensor(batch.inputs) ? made : { ...batch.inputs, [input as string]: made } });
          return out instanceof Promise ? out.then(replaced) : replaced(out);
        },
      },
    },
  });
}

/** [C, H, W] or [H, W] of images that come flat. */
export function checkImageShape(where: string, value: unknown): number[] {
  if (!Array.isArray(value) || (value.length !== 2 && value.length !== 3)) fail('option', `${where}: \`shape\` must be [C, H, W] or [H, W], received ${show(value)}.`);
  return value.map((n: unknown, i) => checkNumber(where, `shape[${i}]`, n, { min: 1, integer: true }));
}

/** [N, C, H, W] of a batch. */
export function imageShape(where: string, received: Shape, flat: Shape | undefined): Shape {
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

/** The images among the inputs of a batch. */
export function imagesOf(where: string, inputs: Inputs, name: string | undefined): Tensor {
  if (isTensor(inputs)) return inputs;
  const named = name === undefined ? undefined : inputs[name];
  return named ?? fail('option', `${where}: \`input\` must name one of the inputs ${Object.keys(inputs).join(', ')}, received ${show(name)}.`);
}
