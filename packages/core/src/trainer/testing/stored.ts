/** Fits that are given up, and what they leave in a store. */
import type { CheckpointOptions } from '../checkpoint/options';
import type { CheckpointStore } from '../../checkpoint/store';
import { busyFit, busyTrainer } from './busy';

/** The fit up to a step, after which it is given up as a kill would: what is in the store. */
export async function upTo(step: number, options: CheckpointOptions & { store: CheckpointStore }): Promise<void> {
  await busyTrainer().fit({ ...busyFit, checkpoint: options, onProgress: (e) => { if (e.kind === 'step' && e.step > step) throw new Error('given up'); } }).catch((error: Error) => {
    if (error.message !== 'given up') throw error;
  });
}
export const filesOf = async (store: CheckpointStore): Promise<string[]> => [...await store.list()].sort();
export const steps = async (store: CheckpointStore): Promise<number[]> => (await filesOf(store)).map((file) => Number(/\d+/.exec(file)?.[0]));
