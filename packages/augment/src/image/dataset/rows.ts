/** What threads do, and the main one where there are none: samples drawn, changed and written as floats where they are to be. */
import { fail, ParsimonyError, type RngKey } from '@parsimony/core';
import { childKey } from '../../transform/draws';
import type { Pixels, Size, Transform } from '../../transform/transform';

/** Images in a row, [N, C, H, W], and what is done with them. */
export interface Source {
  readonly images: Uint8Array | Float32Array;
  readonly size: Size;
  /** In training. */
  readonly transform: Transform | undefined;
  /** Without a context. Draws with a key that is always the same. */
  readonly evalTransform: Transform | undefined;
  /** Subtracted from each channel, and what it is divided by. Undefined: as they are, bytes divided by 255. */
  readonly normalize: Normalization | undefined;
}
export interface Normalization { readonly mean: readonly number[]; readonly std: readonly number[] }

/** Some samples of a batch. */
export interface Rows {
  readonly ids: Int32Array;
  /** How often each id came before in its batch: the same image twice is drawn twice. */
  readonly before: Int32Array;
  /** In training. */
  readonly context: { readonly key: RngKey; readonly step: number; readonly totalSteps: number } | undefined;
}

const evaluation = { key: [0, 0, 0, 0, 0] as unknown as RngKey, step: 0, totalSteps: 1 };

/** How often each id came before. */
export function occurrences(ids: Int32Array): Int32Array {
  const seen = new Map<number, number>();
  return ids.map((id) => {
    const before = seen.get(id) ?? 0;
    seen.set(id, before + 1);
    return before;
  });
}

/** Of a sample as it is batched. */
export function outputSize({ size, transform, evalTransform }: Omit<Source, 'images'>, training: boolean): Size {
  return (training ? transform : evalTransform)?.outputSize(size) ?? size;
}

/**
 * Writes the samples one after the other, `outputSize` floats each, from the beginning of `out`.
 *
 * @throws data: what a transform threw; the message names the sample.
 */
export function writeRows(source: Source, { ids, before, context }: Rows, out: Float32Array): void {
  const { images, size } = source;
  const { channels, height, width } = size;
  const stride = sizeOf(size);
  const transform = context ? source.transform : source.evalTransform;
  const { key, ...progress } = context ?? evaluation;
  const finish = finisher(source.normalize);
  const each = sizeOf(transform?.outputSize(size) ?? size);
  // What comes out last is written where it stays, or as bytes into memory that all images share.
  const bytes = images instanceof Uint8Array ? new Uint8Array(each) : undefined;
  const slot = (at: number): Uint8Array | Float32Array | undefined => bytes ?? (source.normalize ? undefined : out.subarray(at, at + each));
  let at = 0;
  for (const [row, id] of ids.entries()) {
    const data = images.subarray(id * stride, (id + 1) * stride);
    const image = { data, channels, height, width };
    try {
      if (transform === undefined) at = finish(image, out, at);
      else {
        const drawn = transform.draw(childKey(childKey(key, id), before[row] as number), size, progress);
        at = finish(transform.apply({ image }, drawn, slot(at)).image, out, at);
      }
    } catch (error) {
      const { code, message } = error instanceof ParsimonyError ? error : { code: 'data' as const, message: error instanceof Error ? error.message : String(error) };
      fail(code, `imageDataset: sample ${id}: ${message}`, { cause: error });
    }
  }
}

const sizeOf = ({ channels, height, width }: Size): number => channels * height * width;

type Finish = (image: Pixels, out: Float32Array, at: number) => number;

/** Floats of an image, normalized, in one pass; gives the place behind them. */
function finisher(normalize: Normalization | undefined): Finish {
  const tables: Float32Array[] = [];
  const tableOf = (c: number): Float32Array => (tables[normalize ? c : 0] ??= byteTable(normalize?.mean[c] ?? 0, normalize?.std[c] ?? 1));
  return ({ data, channels, height, width }, out, start) => {
    const n = height * width;
    const end = start + channels * n;
    if (end > out.length || (normalize && normalize.mean.length !== channels)) return fail('shape', `an image came out with ${channels} x ${height} x ${width} values, and ${(out.length - start)} were left to write. Every draw must give the size that \`outputSize\` says.`);
    if (data instanceof Uint8Array) {
      for (let c = 0, i = 0, at = start; c < channels; c++) {
        const table = tableOf(c);
        for (const stop = i + n; i < stop; i++, at++) out[at] = table[data[i] as number] as number;
      }
    } else if (normalize === undefined) {
      if (data.buffer !== out.buffer || data.byteOffset !== out.byteOffset + 4 * start) out.set(data, start);
    } else {
      for (let c = 0, i = 0, at = start; c < channels; c++) {
        const [mean, std] = [normalize.mean[c] as number, normalize.std[c] as number];
        for (const stop = i + n; i < stop; i++, at++) out[at] = ((data[i] as number) - mean) / std;
      }
    }
    return end;
  };
}

/** (v / 255 - mean) / std of each byte v. */
const byteTable = (mean: number, std: number): Float32Array => Float32Array.from({ length: 256 }, (_, v) => (Math.fround(v / 255) - mean) / std);
