/** Checkpoints among the files of a store. */
import { ready } from '../../backends/registry';
import { directoryStore } from '../../checkpoint/directory-store';
import type { CheckpointStore } from '../../checkpoint/store';
import { fail, ParsimonyError, show } from '../../errors';
import type { FitSnapshot } from '../snapshot';
import { decodeCheckpoint, type DecodedCheckpoint } from './decode';
import { checkStore } from './options';

const extension = '.safetensors';

/** `step-000000120.safetensors`: in the order of their steps by name too. */
export const fileOf = (step: number): string => `step-${String(step).padStart(9, '0')}${extension}`;

const stepOf = (file: string): number | undefined => {
  const digits = /^step-(\d{9,})\.safetensors$/.exec(file)?.[1];
  return digits === undefined ? undefined : Number(digits);
};

/** Steps of the checkpoints of a store, ascending. */
export async function stepsIn(store: CheckpointStore): Promise<number[]> {
  return (await store.list()).map(stepOf).filter((step) => step !== undefined).sort((a, b) => a - b);
}

/** Where checkpoints are: a folder (the newest in it is taken), the file of one, or a store. */
export type CheckpointSource = string | CheckpointStore;

export interface FoundCheckpoint extends DecodedCheckpoint {
  /** What messages call it: its path. */
  readonly path: string;
}

/** @throws file: none there, one that cannot be read, or is refused; a whole one before it is named. */
export async function findCheckpoint(source: CheckpointSource): Promise<FoundCheckpoint> {
  const [store, only] = openSource(source);
  const steps = only === undefined ? await stepsIn(store) : [];
  const step = steps.at(-1);
  const file = only ?? (step === undefined ? fail('file', `${store.name}: there is no checkpoint in it (step-….safetensors).`) : fileOf(step));
  const path = `${store.name}/${file}`;
  try {
    return { path, ...decodeCheckpoint(path, await store.read(file)) };
  } catch (error) {
    const before = steps.at(-2);
    if (!(error instanceof ParsimonyError) || before === undefined) throw error;
    throw new ParsimonyError(error.code, `${error.message} There is one before: ${store.name}/${fileOf(before)}; resume from that, or remove ${file}.`, { cause: error });
  }
}

function openSource(source: CheckpointSource): [CheckpointStore, string | undefined] {
  if (typeof source !== 'string') return [checkStore('resume: the source', source), undefined];
  if (!source.endsWith(extension)) return [directoryStore(source), undefined];
  const cut = Math.max(source.lastIndexOf('/'), source.lastIndexOf('\\'));
  return [directoryStore(cut < 0 ? '.' : source.slice(0, cut) || '/'), source.slice(cut + 1)];
}

/**
 * A checkpoint as a snapshot: for its history, or its weights outside a fit. The newest of a folder or store, or the file that
 * is named. The caller owns its tensors.
 *
 * @throws file: no checkpoint there, or it is cut short, damaged, or of another format version.
 * @example
 * ```ts
 * import { arrayDataset, loadCheckpoint, losses, memoryStore, nn, optim, Trainer } from '@parsimony/core';
 * const train = arrayDataset({ inputs: Float32Array.of(0, 1, 2, 3), shape: [1], values: Float32Array.of(1, 3, 5, 7), targetShape: [1] });
 * const store = memoryStore(); // in Node a folder: `checkpoint: { directory: 'runs/a' }`
 * const trainer = new Trainer({ model: new nn.Linear(1, 1), loss: losses.mse(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7 });
 * await trainer.fit({ train, epochs: 3, batchSize: 2, checkpoint: { store } });
 * const { step, kept, weights } = await loadCheckpoint(store);
 * step; // => 6
 * const { params, buffers } = kept?.weights ?? weights;
 * const model = new nn.Linear(1, 1).loadStateDict({ ...params, ...buffers });
 * model.initialized; // => true
 * ```
 */
export async function loadCheckpoint(source: CheckpointSource): Promise<FitSnapshot> {
  if (typeof source !== 'object' && (typeof source !== 'string' || source === '')) fail('option', `loadCheckpoint: expected the path of a folder or file, or a store, received ${show(source)}.`);
  await ready();
  return (await findCheckpoint(source)).snapshot;
}
