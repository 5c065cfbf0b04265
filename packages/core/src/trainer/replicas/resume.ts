/** What a fit goes on from, for replicas that cannot read it themselves. */
import type { Rendezvous } from '../../collective/rendezvous';
import { decodeCheckpoint } from '../checkpoint/decode';
import { encodeCheckpoint } from '../checkpoint/encode';
import type { Resumed } from '../checkpoint/resume';
import { snapshotTensors } from '../snapshot';
import { packBytes, unpackBytes } from './words';

/** Replica 0 opens it; the others get the bytes of a checkpoint. */
export async function sharedResume(meeting: Rendezvous, open: () => Promise<Resumed | undefined>): Promise<Resumed | undefined> {
  const own = meeting.rank === 0 ? await open() : undefined;
  const bytes = own ? joined(await encodeCheckpoint(own.snapshot, own.ranked)) : new Uint8Array(0);
  const words = meeting.fromFirst('data', meeting.rank === 0 ? packBytes(bytes) : undefined);
  if (meeting.rank === 0 || words[0] === 0) return own;
  const { snapshot, ranked } = decodeCheckpoint('the state of replica 0', unpackBytes(words));
  return { snapshot, ranked, dispose: () => { for (const tensors of snapshotTensors(snapshot)) for (const tensor of Object.values(tensors)) tensor.dispose(); } };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((n, { length }) => n + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
