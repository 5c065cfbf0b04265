/** The bytes of a checkpoint as a snapshot. */
import { crc32 } from '../../checkpoint/crc32';
import { type HostTensor, toDevice } from '../../checkpoint/host-tensor';
import { fromJson } from '../../checkpoint/json';
import { decodeSafetensors } from '../../checkpoint/read-safetensors';
import { fail, ParsimonyError } from '../../errors';
import type { Tensor } from '../../tensor/tensor';
import type { Json, Params, Weights } from '../../types';
import type { PluginKey } from '../contract';
import type { FitSnapshot, PluginSnapshot } from '../snapshot';
import { type Best, entryNames, formatName, formatVersion, type WeightNames } from './encode';

export interface DecodedCheckpoint {
  /** Its tensors are the caller's. */
  readonly snapshot: FitSnapshot;
  /** The best checkpoints when it was written, the best first. */
  readonly ranked: readonly Best[];
}

interface Manifest extends Omit<FitSnapshot, 'weights' | 'optimizer' | 'kept' | 'plugins'> {
  readonly best: Best | null;
  /** Not there in checkpoints of before: the best alone. */
  readonly ranked?: readonly Best[];
  readonly weights: WeightNames;
  readonly optimizer: { readonly name: string; readonly options: Json; readonly json: Json; readonly tensors: readonly string[] };
  readonly kept: { readonly why: string; readonly epoch: number; readonly step: number; readonly weights: WeightNames } | null;
  readonly plugins: readonly (Omit<PluginSnapshot, 'state'> & { readonly key: PluginKey; readonly json: Json; readonly tensors: readonly string[] })[];
}

/**
 * @param where - What messages call it: its path.
 * @throws file: cut short, damaged, no checkpoint, or one of another format version.
 */
export function decodeCheckpoint(where: string, bytes: Uint8Array): DecodedCheckpoint {
  const { tensors, metadata, data } = decodeSafetensors(where, bytes);
  const { best, ranked, weights, optimizer, kept, plugins, ...plain } = manifestOf(where, metadata, data);
  const take = (names: readonly string[], nameOf: (name: string) => string): Params => Object.fromEntries(names.map((name) => [name, tensorOf(where, tensors, nameOf(name))]));
  const takeWeights = ({ params, buffers }: WeightNames, nameOf: (name: string) => string): Weights => ({ params: take(params, nameOf), buffers: take(buffers, nameOf) });
  const snapshot: FitSnapshot = {
    ...plain,
    weights: takeWeights(weights, entryNames.model),
    optimizer: { name: optimizer.name, options: optimizer.options, state: { json: optimizer.json, tensors: take(optimizer.tensors, entryNames.optimizer) } },
    kept: kept && { ...kept, weights: takeWeights(kept.weights, entryNames.best) },
    plugins: Object.fromEntries(plugins.map(({ key, json, tensors: names, ...rest }) => [key, { ...rest, state: { json, tensors: take(names, entryNames.plugin(key)) } }])),
  };
  return { snapshot, ranked: ranked ?? (best ? [best] : []) };
}

/** Which fit a checkpoint is of; undefined where it is not whole. */
export function fitOf(bytes: Uint8Array): string | undefined {
  try {
    const { metadata, data } = decodeSafetensors('', bytes);
    return manifestOf('', metadata, data).fit;
  } catch (error) {
    if (error instanceof ParsimonyError) return undefined;
    throw error;
  }
}

/** The JSON, once everything is known to be as it was written. */
function manifestOf(where: string, { format, version, crc32: expected, json }: Readonly<Record<string, string>>, data: Uint8Array): Manifest {
  if (format !== formatName || json === undefined) {
    fail('file', `${where}: it is a safetensors file, but no checkpoint of a fit. Weights are loaded with \`model.loadStateDict(readSafetensors(bytes).tensors)\`.`);
  }
  if (version !== String(formatVersion)) {
    const newer = Number(version) > formatVersion;
    fail('file', `${where}: it is a checkpoint of ${version === undefined ? 'no format version' : `format version ${version}`}; this @parsimony/core reads version ${formatVersion}. ${newer ? 'Install the @parsimony/core that wrote it, or a newer one.' : 'Install the @parsimony/core that wrote it.'}`);
  }
  const checksum = crc32([new TextEncoder().encode(json), data]).toString(16);
  if (checksum !== expected) fail('file', `${where}: it is damaged: its checksum is ${checksum}, and it was written with ${expected}.`);
  try {
    return fromJson(JSON.parse(json) as Json) as Manifest;
  } catch (error) {
    return fail('file', `${where}: it is damaged: its \`json\` is not JSON (${(error as Error).message}).`, { cause: error });
  }
}

function tensorOf(where: string, tensors: ReadonlyMap<string, HostTensor>, name: string): Tensor {
  return toDevice(tensors.get(name) ?? fail('file', `${where}: it is damaged: the tensor \`${name}\` is missing.`));
}
