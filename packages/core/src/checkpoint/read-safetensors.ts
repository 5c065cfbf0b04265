/** Reading safetensors files, with the checks that Python's reader makes: nothing overlaps, nothing is left over. */
import { fail, ParsimonyError, show } from '../errors';
import { checkOptions } from '../options';
import { isPlainObject } from '../tensor/find';
import { sizeOf } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { type HostTensor, toDevice } from './host-tensor';
import { fileType } from './safetensors-types';

export interface ReadSafetensorsOptions {
  /** What messages call it, such as the file's name. Default 'safetensors'. */
  readonly name?: string;
}

export interface SafetensorsFile {
  /** By name, in the file's order. */
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * The tensors of a safetensors file. F32, F64, F16 and BF16 become float32; I32, I64 and the smaller whole numbers int32; BOOL
 * bool. `model.loadStateDict(tensors)` takes those of a PyTorch model with the same paths.
 *
 * @throws file: not such a file, one that is cut short or has bytes too many, tensors that overlap or leave gaps, an unknown
 * type, a whole number beyond int32.
 * @example
 * ```ts
 * import { nn, random, readSafetensors, ready, writeSafetensors } from '@parsimony/core';
 * await ready();
 * const trained = new nn.Linear(3, 2).init(random.key(1));
 * const bytes = await writeSafetensors(trained.stateDict()); // or a file that PyTorch wrote
 * const model = new nn.Linear(3, 2).loadStateDict(readSafetensors(bytes).tensors);
 * (await model.stateDict()['weight']?.array()); // => await trained.stateDict()['weight']?.array()
 * ```
 */
export function readSafetensors(bytes: Uint8Array, options: ReadSafetensorsOptions = {}): SafetensorsFile {
  checkOptions('readSafetensors', options, ['name']);
  const where = options.name ?? 'safetensors';
  if (!(bytes instanceof Uint8Array)) fail('option', `readSafetensors: expected the bytes of a file as a Uint8Array, received ${show(bytes)}.`);
  const { tensors, metadata } = decodeSafetensors(where, bytes);
  return { tensors: Object.fromEntries([...tensors].map(([name, x]) => [name, toDevice(x)])), metadata };
}

/** @internal Where a tensor of a file lies. */
interface Entry { readonly name: string; readonly type: unknown; readonly shape: readonly number[]; readonly begin: number; readonly end: number }

/** @internal */
export interface Decoded { readonly tensors: ReadonlyMap<string, HostTensor>; readonly metadata: Readonly<Record<string, string>>; readonly data: Uint8Array }

/** @internal The values on the host. */
export function decodeSafetensors(where: string, bytes: Uint8Array): Decoded {
  const { header, dataStart } = headerOf(where, bytes);
  const { __metadata__: metadata = {}, ...rest } = header;
  if (!isPlainObject(metadata) || Object.values(metadata).some((text) => typeof text !== 'string')) damaged(where, '`__metadata__` must be text by name');
  const entries = Object.entries(rest).map(([name, entry]) => entryOf(where, name, entry)).sort((a, b) => a.begin - b.begin || a.end - b.end);
  checkExtent(where, entries, bytes.length - dataStart);
  // A copy for each, aligned and its own; `slice` would not do: that of Node's Buffer is a view.
  const tensors = new Map(entries.map(({ name, type, shape, begin, end }): [string, HostTensor] => {
    const { dtype, size, convert } = fileType(where, name, type);
    const expected = sizeOf(shape) * size;
    if (end - begin !== expected) damaged(where, `the tensor \`${name}\` of shape ${show(shape)} needs ${expected} bytes and has ${end - begin}`);
    try {
      return [name, { dtype, shape, data: convert(new Uint8Array(bytes.subarray(dataStart + begin, dataStart + end))) }];
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return fail('file', `${where}: the tensor \`${name}\` is of the type ${String(type)}, and ${error.message}.`, { cause: error });
    }
  }));
  return { tensors, metadata: metadata as Readonly<Record<string, string>>, data: bytes.subarray(dataStart) };
}

const damaged = (where: string, why: string): never => fail('file', `${where}: it is damaged, or no safetensors file: ${why}.`);

/** As Python's reader allows. */
const maximalHeader = 100_000_000;

function headerOf(where: string, bytes: Uint8Array): { readonly header: Readonly<Record<string, unknown>>; readonly dataStart: number } {
  if (bytes.length < 8) fail('file', `${where}: it is cut short, or no safetensors file: it has ${bytes.length} bytes.`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > maximalHeader) damaged(where, `a header of ${length} bytes`);
  if (8 + length > bytes.length) fail('file', `${where}: it is cut short: its header should end at byte ${8 + length}, and it has ${bytes.length}.`);
  try {
    const header: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + length)));
    return isPlainObject(header) ? { header, dataStart: 8 + length } : damaged(where, 'its header is not a JSON object');
  } catch (error) {
    if (error instanceof ParsimonyError) throw error;
    return damaged(where, `its header is not JSON (${(error as Error).message})`);
  }
}

const isSize = (n: unknown): n is number => typeof n === 'number' && Number.isSafeInteger(n) && n >= 0;

function entryOf(where: string, name: string, entry: unknown): Entry {
  const { dtype: type, shape, data_offsets: offsets } = (isPlainObject(entry) ? entry : {}) as { dtype?: unknown; shape?: unknown; data_offsets?: unknown };
  if (!Array.isArray(shape) || !shape.every(isSize) || !Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize)) {
    return damaged(where, `the header's entry of \`${name}\` must have dtype, shape and data_offsets, received ${show(entry)}`);
  }
  const [begin, end] = offsets as [number, number];
  if (end < begin) damaged(where, `the tensor \`${name}\` ends before it begins`);
  return { name, type, shape, begin, end };
}

/** Tensors must follow one another without gaps and fill the file. */
function checkExtent(where: string, entries: readonly Entry[], length: number): void {
  let end = 0;
  for (const entry of entries) {
    if (entry.begin !== end) damaged(where, `the tensor \`${entry.name}\` begins at byte ${entry.begin} of the data, and the one before ends at ${end}`);
    end = entry.end;
  }
  if (end > length) fail('file', `${where}: it is cut short: its tensors take ${end} bytes, and it has ${length} of them.`);
  if (end < length) damaged(where, `${length - end} bytes too many at its end`);
}
