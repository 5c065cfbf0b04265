/** The replicas of a fit beside the main one: threads that each make the trainer anew and join. */
import { currentExecutor } from '../../backends/registry';
import { coreCount } from '../../backends/wasm/threads';
import { meetingPlace, Rendezvous, reportAt } from '../../collective/rendezvous';
import { fail } from '../../errors';
import { isNode, nodeModule } from '../../node-module';
import type { Json } from '../../types';
import type { CheckedFitOptions, CheckedTrainerOptions } from '../options';
import { describeTrainer } from './describe';
import { linkedReplica } from './linked';
import type { Replica } from './replica';
import { joinKey, overseerModule, replicaModule } from './worker-source';

/** What a replica begins with: plain data. */
export interface ReplicaStart {
  readonly [joinKey]: true;
  readonly module: string;
  readonly args: readonly Json[];
  readonly memory: SharedArrayBuffer;
  readonly rank: number;
  readonly size: number;
  /** Of its wasm backend, unless the module chose one. */
  readonly backend: { readonly threads: number; readonly deterministic: boolean };
  /** What the trainer must be; see `describeTrainer`. */
  readonly trainer: Json;
  readonly fit: ReplicaFit;
}

/** The settings of the fit that replicas follow. */
export interface ReplicaFit {
  readonly epochs: number;
  readonly batchSize: number;
  readonly evalBatchSize: number;
  readonly shuffle: boolean;
  readonly dropLast: boolean;
  readonly trainSize: number;
  readonly validationSize: number | undefined;
}

const where = 'fit';
/** How often to look whether the others have begun. */
const POLL_MS = 5;

/** Starts the others, runs `main` as replica 0 and ends them, whatever happens. */
export async function withReplicas<T>(size: number, trainer: CheckedTrainerOptions, fit: CheckedFitOptions, main: (replica: Replica) => Promise<T>): Promise<T> {
  const { factory } = trainer;
  const executor = currentExecutor();
  if (executor.name !== 'wasm') fail('backend', `${where}: replicas run on the wasm backend, and this one is '${executor.name}'. Call \`await useBackend('wasm')\`, or leave \`replicas\` out.`);
  if (!isNode() || typeof SharedArrayBuffer === 'undefined') fail('backend', `${where}: replicas are threads of Node; here there is one. Leave \`replicas\` out.`);
  if (!factory) {
    return fail('option', `${where}: \`replicas: ${size}\` needs to know how to make this trainer in other threads. Export by default, from a module of its own, the function that makes it, and pass \`factory: import.meta.url\` to the Trainer there.`);
  }
  const threads = await nodeModule<typeof import('node:worker_threads')>('node:worker_threads');
  if (inReplica(threads.workerData)) {
    fail('state', `${where}: a replica came to a fit of its own while it was importing ${factory.module}. Keep the module that exports the trainer's factory free of what trains it.`);
  }
  const memory = meetingPlace(size);
  const meeting = new Rendezvous(memory, 0, size);
  const backend = { threads: Math.max(1, Math.floor(await coreCount() / size)), deterministic: !executor.info().description.includes('relaxed') };
  const starts = Array.from({ length: size - 1 }, (_, i): ReplicaStart => ({ [joinKey]: true, ...factory, memory, rank: i + 1, size, backend, trainer: describeTrainer(trainer), fit: fitToFollow(fit) }));
  const overseer = new threads.Worker(new URL(overseerModule), { workerData: { replicaModule, starts, reportAt: reportAt(size) } });
  overseer.on('error', (error) => { meeting.fail(error); });
  try {
    meeting.arrive();
    while (meeting.arrived < size) {
      const error = meeting.failure();
      if (error) throw withHint(error);
      await new Promise((resolve) => { setTimeout(resolve, POLL_MS); });
    }
    return await main(linkedReplica(meeting));
  } catch (error) {
    meeting.fail(error);
    throw error;
  } finally {
    await overseer.terminate();
  }
}

const fitToFollow = ({ epochs, batchSize, evalBatchSize, shuffle, dropLast, train, validation }: CheckedFitOptions): ReplicaFit =>
  ({ epochs, batchSize, evalBatchSize, shuffle, dropLast, trainSize: train.size, validationSize: validation?.size });

const inReplica = (workerData: unknown): boolean => typeof workerData === 'object' && workerData !== null && joinKey in workerData;

/** Node without a loader does not read TypeScript before version 22.18. */
function withHint(error: Error): Error {
  if (error.message.includes('Unknown file extension ".ts"')) error.message += ' Run the program with a loader, which its threads inherit: `node --import tsx train.ts`, or with Node 22.18 or newer.';
  return error;
}
