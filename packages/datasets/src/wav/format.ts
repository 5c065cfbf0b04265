/** How samples lie in WAV files: as numbers of these formats, little-endian. */

/** Whole numbers of 8 (from 0 to 255, silence at 128), 16, 24 and 32 bits, or floats of 32 and 64. */
export type WavFormat = 'uint8' | 'int16' | 'int24' | 'int32' | 'float32' | 'float64';

/** Sound: C channels of T samples, mostly in [-1, 1]. */
export interface WavAudio {
  /** [C, T]: one channel after the other. */
  readonly data: Float32Array;
  /** C. */
  readonly channels: number;
  /** T. */
  readonly length: number;
  /** In Hz. */
  readonly sampleRate: number;
}

export interface SampleFormat {
  readonly bytes: number;
  /** 1: whole numbers (PCM). 3: IEEE floats. */
  readonly tag: 1 | 3;
  read(view: DataView, at: number): number;
  write(view: DataView, at: number, value: number): void;
}

/** To the nearest of the whole numbers that b bits hold; what lies beyond is cut off. */
const whole = (value: number, scale: number): number => Math.min(Math.max(Math.round(value * scale), -scale), scale - 1);

export const sampleFormats: Readonly<Record<WavFormat, SampleFormat>> = {
  uint8: { bytes: 1, tag: 1, read: (v, at) => (v.getUint8(at) - 128) / 128, write: (v, at, x) => v.setUint8(at, whole(x, 128) + 128) },
  int16: { bytes: 2, tag: 1, read: (v, at) => v.getInt16(at, true) / 0x8000, write: (v, at, x) => v.setInt16(at, whole(x, 0x8000), true) },
  int24: {
    bytes: 3,
    tag: 1,
    read: (v, at) => (v.getUint16(at, true) + v.getInt8(at + 2) * 0x10000) / 0x800000,
    write(v, at, x) {
      const value = whole(x, 0x800000);
      v.setUint16(at, value & 0xffff, true);
      v.setInt8(at + 2, value >> 16);
    },
  },
  int32: { bytes: 4, tag: 1, read: (v, at) => v.getInt32(at, true) / 0x80000000, write: (v, at, x) => v.setInt32(at, whole(x, 0x80000000), true) },
  float32: { bytes: 4, tag: 3, read: (v, at) => v.getFloat32(at, true), write: (v, at, x) => v.setFloat32(at, x, true) },
  float64: { bytes: 8, tag: 3, read: (v, at) => v.getFloat64(at, true), write: (v, at, x) => v.setFloat64(at, x, true) },
};

export const wavFormats = Object.keys(sampleFormats) as WavFormat[];

/** The format of a tag and a number of bits, where there is one. */
export const formatOf = (tag: number, bits: number): WavFormat | undefined =>
  wavFormats.find((name) => sampleFormats[name].tag === tag && sampleFormats[name].bytes * 8 === bits);

export const EXTENSIBLE = 0xfffe;

/** Behind the tag in the identifier of an extensible format: xxxx0000-0000-0010-8000-00aa00389b71. */
export const subformatTail = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];
