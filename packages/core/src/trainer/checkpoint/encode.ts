/**
 * A snapshot as the bytes of a checkpoint: one safetensors file, whose `__metadata__` carries the rest as JSON, so that a
 * checkpoint is whole or not there. Tensors are called `model/<path>`, `optimizer/<path>.<slot>`, `best/<path>` (the weights that
 * a plugin kept) and `plugin/<key>/<name>`.
 */
import { crc32 } from '../../checkpoint/crc32';
import { type HostTensors, toHost } from '../../checkpoint/host-tensor';
import { toJson } from '../../checkpoint/json';
import { headerBytes, layOut } from '../../checkpoint/write-safetensors';
import { fail } from '../../errors';
import type { Params, Weights } from '../../types';
import type { FitSnapshot } from '../snapshot';
import type { BestRule } from './options';

/** Of the layout of checkpoints; one that is changed so that older ones cannot be read gets another number. */
export const formatVersion = 1;
export const formatName = 'parsimony-checkpoint';

/** The best of the checkpoints so far, by what they were compared. */
export interface Best extends BestRule { readonly step: number; readonly value: number }

export interface WeightNames { readonly params: readonly string[]; readonly buffers: readonly string[] }

/** Names of tensors by the part of a checkpoint they belong to. */
export const entryNames = {
  model: (path: string): string => `model/${path}`,
  best: (path: string): string => `best/${path}`,
  optimizer: (name: string): string => `optimizer/${name}`,
  plugin: (key: string) => (name: string): string => `plugin/${key}/${name}`,
};

/** The pieces of the file, in order. Reads the tensors; the fit must not go on meanwhile. */
export async function encodeCheckpoint(snapshot: FitSnapshot, ranked: readonly Best[]): Promise<Uint8Array[]> {
  const tensors: Record<string, HostTensors[string]> = {};
  const add = async (values: Params, nameOf: (name: string) => string): Promise<readonly string[]> => {
    for (const [name, value] of Object.entries(await toHost(values))) {
      const entry = nameOf(name);
      if (Object.hasOwn(tensors, entry)) fail('state', `checkpoint: two tensors are called \`${entry}\`, of plugins whose names begin alike. Call the tensor of one of them otherwise.`);
      tensors[entry] = value;
    }
    return Object.keys(values);
  };
  const addWeights = async ({ params, buffers }: Weights, nameOf: (name: string) => string): Promise<WeightNames> =>
    ({ params: await add(params, nameOf), buffers: await add(buffers, nameOf) });

  const { weights, optimizer, kept, plugins, ...plain } = snapshot;
  const manifest = {
    ...plain, best: ranked[0] ?? null, ranked,
    weights: await addWeights(weights, entryNames.model),
    optimizer: { name: optimizer.name, options: optimizer.options, json: optimizer.state.json, tensors: await add(optimizer.state.tensors, entryNames.optimizer) },
    kept: kept && { why: kept.why, epoch: kept.epoch, step: kept.step, weights: await addWeights(kept.weights, entryNames.best) },
    plugins: [] as unknown[],
  };
  for (const [key, { state, ...rest }] of Object.entries(plugins)) {
    // For the error's words; the JSON is made below, of all at once.
    toJson(`the state of ${key}`, state.json);
    manifest.plugins.push({ key, ...rest, json: state.json, tensors: await add(state.tensors, entryNames.plugin(key)) });
  }
  const json = JSON.stringify(toJson('snapshot', manifest));
  const { header, data } = layOut(tensors);
  const checksum = crc32([new TextEncoder().encode(json), ...data]);
  return [headerBytes({ format: formatName, version: String(formatVersion), crc32: checksum.toString(16), json }, header), ...data];
}
