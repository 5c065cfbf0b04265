/** What every function of colours asks of an image, and how it makes another one. */
import { checkNumber } from '@parsimony/core';
import type { Pixels } from '../../transform/transform';
import { checkChannels, checkFinite, checkPixels } from '../pixels';

/** An image of floats, as a type of its own so that each half of a function sees its kind of data. */
export interface Floats extends Pixels { readonly data: Float32Array }
export interface Bytes extends Pixels { readonly data: Uint8Array }

export const isBytes = (image: Pixels): image is Bytes => image.data instanceof Uint8Array;

/** Refuses what is no image, an empty one, one of other channels than these, and floats that are not finite. */
export function checkImage(where: string, image: Pixels, channels?: readonly number[]): void {
  checkPixels(where, image);
  if (channels) checkChannels(where, image, channels);
  if (image.data instanceof Float32Array) checkFinite(where, image.data);
}

/** Factors are 0 or more, as in torchvision. */
export const checkFactor = (where: string, name: string, value: number): number => checkNumber(where, name, value, { min: 0 });

/** The image with other pixels. */
export const withData = <D extends Pixels['data']>(image: Pixels, data: D): Pixels & { readonly data: D } =>
  ({ data, channels: image.channels, height: image.height, width: image.width });

/** Every byte replaced by what the table has for it. */
export function lookUp(image: Bytes, table: Uint8Array): Bytes {
  const { data } = image;
  const out = new Uint8Array(data.length);
  for (let i = 0; i < out.length; i++) out[i] = table[data[i] as number] as number;
  return withData(image, out);
}

/** What `of` gives for each byte, cut to a byte as torchvision cuts: down, and to 0 … 255. */
export function byteTable(of: (v: number) => number): Uint8Array {
  const table = new Uint8Array(256);
  for (let v = 0; v < 256; v++) table[v] = cut(of(v));
  return table;
}

/** To 0 … 255, fractions dropped. */
export const cut = (x: number): number => (x <= 0 ? 0 : x >= 255 ? 255 : x | 0);

export function mapFloats(image: Floats, of: (v: number) => number): Floats {
  const { data } = image;
  const out = new Float32Array(data.length);
  for (let i = 0; i < out.length; i++) out[i] = of(data[i] as number);
  return withData(image, out);
}

/** To 0 … 1. */
export const unit = (x: number): number => (x <= 0 ? 0 : x >= 1 ? 1 : x);
