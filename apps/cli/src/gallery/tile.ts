/** An image as a tile of a contact sheet. */
import { Buffer } from 'node:buffer';
import type { Pixels } from '@parsimony/augment/image';
import { encode } from 'fast-png';

export interface Tile {
  /** A PNG in a data URI. */
  readonly uri: string;
  readonly width: number;
  readonly height: number;
}

/** Small images are enlarged by whole factors, so that each pixel stays a square; larger ones than the side are shown smaller. */
export function tileOf(image: Pixels, side: number): Tile {
  const longest = Math.max(image.width, image.height);
  const factor = Math.max(1, Math.floor(side / longest));
  const { data, width, height } = enlarged(image, factor);
  const shown = Math.min(1, side / longest / factor);
  return { uri: `data:image/png;base64,${Buffer.from(encode({ width, height, data, channels: 3, depth: 8 })).toString('base64')}`, width: shown * width, height: shown * height };
}

function enlarged(image: Pixels, factor: number): { readonly data: Uint8Array; readonly width: number; readonly height: number } {
  const { data, channels, width, height } = image;
  const { low, high } = range(image);
  const [outWidth, outHeight] = [factor * width, factor * height];
  const out = new Uint8Array(3 * outWidth * outHeight);
  for (let y = 0, at = 0; y < outHeight; y++) {
    for (let x = 0; x < outWidth; x++) {
      const from = Math.floor(y / factor) * width + Math.floor(x / factor);
      for (let c = 0; c < 3; c++, at++) out[at] = Math.round(255 * ((data[(channels === 1 ? 0 : c) * width * height + from] ?? 0) - low) / (high - low));
    }
  }
  return { data: out, width: outWidth, height: outHeight };
}

/** Floats in [0, 1] keep their brightness; normalised ones are stretched over their range. */
function range({ data }: Pixels): { readonly low: number; readonly high: number } {
  if (data instanceof Uint8Array) return { low: 0, high: 255 };
  return { low: data.reduce((a, b) => Math.min(a, b), 0), high: data.reduce((a, b) => Math.max(a, b), 1) };
}
