/** What every function of colours asks of an image, and how it makes another one. */
import { checkNumber } from '@parsimony/core';
import type { Pixels } from '../../transform/transform';
import { checkChannels, checkFinite, checkPixels } from '../pixels';
import { changePlanes } from '../wasm/in-place';
import type { Kernels } from '../wasm/kernels';

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

/** Memory for so many values of a type: `into` where it is that, else fresh. */
export function room<D extends Pixels['data']>(Type: new (length: number) => D, length: number, into?: Pixels['data']): D {
  return into instanceof Type && into.length === length ? into : new Type(length);
}

/** The values of an image, to be written over. */
export function copyOf({ data }: Pixels, into?: Pixels['data']): Pixels['data'] {
  const out = data instanceof Uint8Array ? room(Uint8Array, data.length, into) : room(Float32Array, data.length, into);
  out.set(data);
  return out;
}

/** Every byte changed by a kernel. */
export function changeBytes(image: Bytes, change: (kernels: Kernels, at: number, n: number) => void, into?: Pixels['data']): Bytes {
  const out = room(Uint8Array, image.data.length, into);
  changePlanes(image.data, 1, out, (all, at, _, n) => change(all, at, n));
  return withData(image, out);
}

/** Every byte replaced by what the table has for it. */
export function lookUp(image: Bytes, table: Uint8Array, into?: Pixels['data']): Bytes {
  const { data } = image;
  const out = room(Uint8Array, data.length, into);
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

export function mapFloats(image: Floats, of: (v: number) => number, into?: Pixels['data']): Floats {
  const { data } = image;
  const out = room(Float32Array, data.length, into);
  for (let i = 0; i < out.length; i++) out[i] = of(data[i] as number);
  return withData(image, out);
}

/** A factor past which no pixel tells it from a larger one: what a kernel computes of it stays finite. */
export const boundFactor = (factor: number): number => Math.min(factor, 2 ** 22);

/** To 0 … 1. */
export const unit = (x: number): number => (x <= 0 ? 0 : x >= 1 ? 1 : x);
