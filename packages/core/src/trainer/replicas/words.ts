/** Bytes, text and numbers as words, which is what replicas exchange. */

export const bits = (x: Float32Array | Int32Array): Int32Array => new Int32Array(x.buffer, x.byteOffset, x.length);

/** Their number first. */
export function packBytes(bytes: Uint8Array): Int32Array {
  const words = new Int32Array(1 + Math.ceil(bytes.length / 4));
  words[0] = bytes.length;
  new Uint8Array(words.buffer, 4).set(bytes);
  return words;
}
export const unpackBytes = (words: Int32Array): Uint8Array => new Uint8Array(words.buffer, words.byteOffset + 4, words[0]);

export const packText = (text: string): Int32Array => packBytes(new TextEncoder().encode(text));
export const unpackText = (words: Int32Array): string => new TextDecoder().decode(unpackBytes(words));
