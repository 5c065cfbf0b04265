/** Who decodes and encodes: the browser in a page, sharp elsewhere. */
import { canvasCodec } from './canvas-codec';
import { loadSharp, sharpCodec } from './sharp-codec';

/** Pixels beside each other, R G B in turn: [H, W, 3]. */
export interface Interleaved {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly height: number;
  readonly width: number;
  /** From one pixel to the next: 3, or 4 where something lies behind each. */
  readonly stride: 3 | 4;
}

export interface Codec {
  /** Upright, in sRGB, on white where it is transparent. Throws what is no image, or not a whole one. */
  decode(bytes: Uint8Array): Promise<Interleaved>;
  encode(image: Interleaved & { readonly stride: 4 }, type: 'png' | 'jpeg', quality: number): Promise<Uint8Array>;
}

/** `where` stands in front of the error that sharp is not installed. */
export async function codecFor(where: string): Promise<Codec> {
  const inPage = typeof createImageBitmap === 'function' && typeof OffscreenCanvas === 'function';
  return inPage ? canvasCodec : sharpCodec(await loadSharp(where));
}
