/** The images of a batch: among named inputs, and as [N, C, H, W] where they come flat. */
import { checkNumber, fail, type Inputs, isTensor, ops, type Shape, show, showShape, type Tensor } from '@parsimony/core';

export interface ImageOptions {
  /** [C, H, W] or [H, W] of images that come flat, as [N, C*H*W]; they stay flat. Default: images come as [N, C, H, W]. */
  readonly shape?: Shape;
  /** Which of several named inputs holds the images. Needed where inputs are a record. */
  readonly input?: string;
}

export interface Images {
  readonly json: Readonly<Record<string, string | Shape>>;
  /** [N, C, H, W] of what comes. */
  size(inputs: Inputs): readonly [n: number, channels: number, height: number, width: number];
  /** Inputs with their images changed by a function on [N, C, H, W] that keeps the shape. */
  change(inputs: Inputs, apply: (images: Tensor) => Tensor): Inputs;
}

/** Checks both options; gives what finds and changes the images. */
export function imagesBy(where: string, { shape: given, input: name }: ImageOptions): Images {
  const shape = given === undefined ? undefined : checkShape(where, given);
  const input = checkInput(where, name);
  const sizeOf = (x: Tensor): readonly [number, number, number, number] => imageSize(where, x.shape, shape);
  return {
    json: { ...(shape && { shape }), ...(input !== undefined && { input }) },
    size: (inputs) => sizeOf(find(where, inputs, input)),
    change: (inputs, apply) => withInput(where, inputs, input, (x) => {
      const size = sizeOf(x);
      return shape === undefined ? apply(x) : ops.reshape(apply(ops.reshape(x, [...size])), [...x.shape]);
    }),
  };
}

/** Refuses anything but a name. */
export function checkInput(where: string, input: unknown): string | undefined {
  if (input === undefined || typeof input === 'string') return input;
  return fail('option', `${where}: \`input\` must be the name of an input, received ${show(input)}.`);
}

/** Inputs with one of them changed. A tensor is changed itself. */
export function withInput(where: string, inputs: Inputs, name: string | undefined, change: (x: Tensor) => Tensor): Inputs {
  const changed = change(find(where, inputs, name));
  return isTensor(inputs) ? changed : { ...inputs, [name as string]: changed };
}

function find(where: string, inputs: Inputs, name: string | undefined): Tensor {
  if (isTensor(inputs)) return inputs;
  const named = name === undefined ? undefined : inputs[name];
  return named ?? fail('option', `${where}: \`input\` must name one of the inputs ${Object.keys(inputs).join(', ')}, received ${show(name)}.`);
}

function checkShape(where: string, shape: unknown): number[] {
  if (!Array.isArray(shape) || (shape.length !== 2 && shape.length !== 3)) fail('option', `${where}: \`shape\` must be [C, H, W] or [H, W], received ${show(shape)}.`);
  return shape.map((n: unknown, i) => checkNumber(where, `shape[${i}]`, n, { min: 1, integer: true }));
}

function imageSize(where: string, received: Shape, flat: readonly number[] | undefined): readonly [number, number, number, number] {
  if (flat === undefined) {
    if (received.length !== 4) fail('shape', `${where}: inputs must be images [N, C, H, W], received ${showShape(received)}. Give flat ones their \`shape\`: [C, H, W].`);
    return received as unknown as [number, number, number, number];
  }
  const [channels = 1, height = 1, width = 1] = flat.length === 2 ? [1, ...flat] : flat;
  const pixels = channels * height * width;
  if (received.length !== 2 || received[1] !== pixels) fail('shape', `${where}: inputs must be [N, ${pixels}], as \`shape\` ${showShape(flat)} says, received ${showShape(received)}.`);
  return [received[0] ?? 0, channels, height, width];
}
