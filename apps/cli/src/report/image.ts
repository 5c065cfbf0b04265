/** Inputs of a network as small pictures. */
import { Buffer } from 'node:buffer';
import { type Dataset, type Inputs, isTensor, type Shape } from '@parsimony/core';
import { encode } from 'fast-png';

interface ImageShape { readonly channels: 1 | 3; readonly height: number; readonly width: number }

/** [C, H, W] or [H, W] with one or three channels, or a flat row that makes a square; undefined for what is no image. */
function imageShape(shape: Shape): ImageShape | undefined {
  const [a = 0, b = 0, c = 0] = shape;
  if (shape.length === 3 && (a === 1 || a === 3)) return { channels: a, height: b, width: c };
  if (shape.length === 2) return { channels: 1, height: a, width: b };
  const side = Math.sqrt(a);
  return shape.length === 1 && side > 3 && Number.isInteger(side) ? { channels: 1, height: side, width: side } : undefined;
}

/** Each sample of a batch as a PNG in a data URI; null where it is no image. */
export async function picturesOf(inputs: Inputs): Promise<readonly (string | null)[]> {
  if (!isTensor(inputs)) return [];
  const [n = 0, ...sample] = inputs.shape;
  const shape = imageShape(sample);
  if (!shape) return new Array<null>(n).fill(null);
  const values = Float64Array.from(await inputs.data());
  const size = shape.channels * shape.height * shape.width;
  const { low, high } = range(values);
  return Array.from({ length: n }, (_, i) => png(values.subarray(i * size, (i + 1) * size), shape, low, high));
}

/** Pixels in [0, 1] keep their brightness; normalised ones are stretched over their range. */
function range(values: Float64Array): { readonly low: number; readonly high: number } {
  const low = values.reduce((a, b) => Math.min(a, b), 0);
  const high = values.reduce((a, b) => Math.max(a, b), 1);
  return { low, high };
}

function png(values: Float64Array, { channels, height, width }: ImageShape, low: number, high: number): string {
  const data = new Uint8Array(values.length);
  const area = height * width;
  // Channels first becomes channels last.
  for (let i = 0; i < data.length; i++) data[i] = Math.round(255 * ((values[(i % channels) * area + Math.floor(i / channels)] ?? 0) - low) / (high - low));
  return `data:image/png;base64,${Buffer.from(encode({ width, height, data, channels, depth: 8 })).toString('base64')}`;
}

/** Samples of a data set as pictures. */
export async function imagesOf(dataset: Dataset, ids: readonly number[]): Promise<readonly (string | null)[]> {
  const batch = await dataset.batch(Int32Array.from(ids));
  return picturesOf(batch.inputs);
}
