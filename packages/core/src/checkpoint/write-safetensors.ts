/**
 * Writing safetensors files (https://github.com/huggingface/safetensors): the length of a JSON header as 8 bytes, the header,
 * padded with spaces so that data begin at a multiple of 8, and the tensors one after the other, little-endian as every
 * machine that JavaScript runs on.
 */
import { fail, show } from '../errors';
import { checkOptions } from '../options';
import { isTensor } from '../tensor/find';
import type { Params } from '../types';
import { type HostTensors, toHost } from './host-tensor';
import { fileTypeOf, writtenTypes } from './safetensors-types';
import { joined } from './store';

export interface WriteSafetensorsOptions {
  /** Text by name, which readers find under `__metadata__`. Default: `{ format: 'pt' }`, as PyTorch's writers put it. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * The bytes of a safetensors file: what Python's `safetensors.torch.load_file` reads. float32 is written as F32, int32 as I32,
 * bool as BOOL.
 *
 * @param tensors - By name, as `model.stateDict()` gives them.
 * @throws option: something that is no tensor, metadata that are not text.
 * @example
 * ```ts
 * import { readSafetensors, ready, tensor, writeSafetensors } from '@parsimony/core';
 * await ready();
 * const bytes = await writeSafetensors({ 'fc.weight': tensor([[1, 2], [3, 4]]) });
 * readSafetensors(bytes).tensors['fc.weight']?.shape; // => [2, 2]
 * ```
 */
export async function writeSafetensors(tensors: Params, options: WriteSafetensorsOptions = {}): Promise<Uint8Array> {
  checkOptions('writeSafetensors', options, ['metadata']);
  const { metadata = { format: 'pt' } } = options;
  for (const [name, text] of Object.entries(metadata)) {
    if (typeof text !== 'string') fail('option', `writeSafetensors: \`metadata.${name}\` must be text, received ${show(text)}.`);
  }
  for (const [name, x] of Object.entries(tensors)) {
    if (!isTensor(x)) fail('option', `writeSafetensors: \`${name}\` must be a tensor, received ${show(x)}.`);
  }
  const { header, data } = layOut(await toHost(tensors));
  return joined([headerBytes(metadata, header), ...data]);
}

interface HeaderEntry { readonly dtype: string; readonly shape: readonly number[]; readonly data_offsets: readonly [number, number] }

/** @internal Where each tensor lies, and the data in that order. */
export function layOut(tensors: HostTensors): { readonly header: Readonly<Record<string, HeaderEntry>>; readonly data: readonly Uint8Array[] } {
  const header: Record<string, HeaderEntry> = {};
  const data: Uint8Array[] = [];
  const typed = Object.entries(tensors).map(([name, x]) => ({ name, x, type: fileTypeOf(x.dtype, x.data) }));
  let offset = 0;
  if ('__metadata__' in tensors) fail('option', 'safetensors: no tensor can be called `__metadata__`; the format takes that name for itself.');
  for (const { name, x, type } of typed.sort((a, b) => writtenTypes.indexOf(a.type) - writtenTypes.indexOf(b.type) || (a.name < b.name ? -1 : 1))) {
    const bytes = new Uint8Array(x.data.buffer, x.data.byteOffset, x.data.byteLength);
    header[name] = { dtype: type, shape: [...x.shape], data_offsets: [offset, offset += bytes.length] };
    data.push(bytes);
  }
  return { header, data };
}

/** @internal */
export function headerBytes(metadata: Readonly<Record<string, string>>, header: Readonly<Record<string, HeaderEntry>>): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify({ ...(Object.keys(metadata).length > 0 ? { __metadata__: metadata } : {}), ...header }));
  const length = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + length).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(text, 8);
  return bytes;
}
