/** A replica's side of a fit: it follows what replica 0 reads, decides and is told. */
import { backendChosen, currentExecutor, ready, useBackend } from '../../backends/registry';
import { Rendezvous } from '../../collective/rendezvous';
import type { Dataset } from '../../data/dataset';
import { fail } from '../../errors';
import type { CheckedFitOptions, CheckedTrainerOptions } from '../options';
import { describeTrainer, expectSameTrainer } from './describe';
import { linkedReplica } from './linked';
import type { Replica } from './replica';
import type { ReplicaStart } from './start';

export async function joinReplicas(start: ReplicaStart, trainer: CheckedTrainerOptions, run: (options: CheckedFitOptions, replica: Replica) => Promise<unknown>): Promise<void> {
  const meeting = new Rendezvous(start.memory, start.rank, start.size);
  try {
    if (!backendChosen()) await useBackend('wasm', start.backend);
    await ready();
    const { name } = currentExecutor();
    if (name !== 'wasm') fail('backend', `replicas run on the wasm backend, and ${start.module} chose '${name}'.`);
    expectSameTrainer(start.module, describeTrainer(trainer), start.trainer);
    meeting.arrive();
    await run(optionsOf(start), linkedReplica(meeting));
  } catch (error) {
    meeting.fail(error);
    throw error;
  }
}

function optionsOf({ fit: { trainSize, validationSize, ...rest }, size }: ReplicaStart): CheckedFitOptions {
  return {
    ...rest, replicas: size, train: elsewhere(trainSize), checkpoint: undefined,
    ...(validationSize === undefined ? {} : { validation: elsewhere(validationSize) }),
  };
}

/** Replica 0 has the data; see `Replica.share`. */
const elsewhere = (size: number): Dataset => ({ size, batch: () => fail('state', 'The data of a fit are with replica 0.') });
