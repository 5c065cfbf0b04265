/** What a fit goes on from. */
import { fail, show } from '../../errors';
import type { CheckpointStore } from '../../checkpoint/store';
import { type FitSnapshot, snapshotTensors } from '../snapshot';
import type { Best } from './encode';
import { findCheckpoint, type CheckpointSource } from './files';

export interface Resumed {
  readonly snapshot: FitSnapshot;
  /** Where it was read from; not there for a snapshot. */
  readonly path?: string;
  readonly ranked: readonly Best[];
  /** Gives back what was read. */
  dispose(): void;
}

/** @throws option: nothing to resume from. file: no checkpoint there, or a damaged one. */
export async function openResume(resume: CheckpointSource | FitSnapshot | undefined): Promise<Resumed | undefined> {
  if (resume === undefined) return undefined;
  if (isSnapshot(resume)) return { snapshot: resume, ranked: [], dispose: () => {} };
  if (typeof resume !== 'string' && typeof (resume as Partial<CheckpointStore> | null)?.list !== 'function' || resume === '') {
    fail('option', `fit: \`resume\` must be the path of a folder or file, a store, or what \`snapshot()\` gave, received ${show(resume)}.`);
  }
  const found = await findCheckpoint(resume);
  return { ...found, dispose: () => { for (const tensors of snapshotTensors(found.snapshot)) for (const tensor of Object.values(tensors)) tensor.dispose(); } };
}

const isSnapshot = (value: CheckpointSource | FitSnapshot): value is FitSnapshot =>
  typeof value === 'object' && value !== null && 'weights' in value && 'optimizer' in value && 'step' in value;
