/** One of the replicas of a fit, as the loop sees it. All run the same program on their part of each batch. */
import { type Collective, soleCollective } from '../../collective/collective';
import type { Tensor } from '../../tensor/tensor';
import type { Module } from '../../nn/module';
import type { Batch, Inputs, Outputs, Params, Weights } from '../../types';
import type { Resumed } from '../checkpoint/resume';

export interface Replica {
  /** From 0: the one that reads the data, evaluates, writes checkpoints and talks to the caller. */
  readonly rank: number;
  readonly size: number;
  readonly collective: Collective;
  /** Gives the model of every replica the values of replica 0's. */
  begin(model: Module<Inputs, Outputs>): void;
  /** What replica 0 goes on from, to all. */
  resumed(open: () => Promise<Resumed | undefined>): Promise<Resumed | undefined>;
  /** Sums over all replicas. */
  sum(kind: 'gradients' | 'metrics', tensors: readonly Tensor[]): Tensor[];
  /** Those of replica 0, to all of them; the caller owns them. */
  buffers(tensors: Params): Params;
  /** What only replica 0 can know, as it knows it. */
  asked(make: () => boolean): boolean;
  told<T>(make: () => Promise<T>): Promise<T>;
  /** A batch that replica 0 loads and the others are given. */
  share(load: () => Batch | Promise<Batch>): Batch | Promise<Batch>;
  /** Refuses weights that are not the same on all replicas. */
  agree(weights: Weights): void;
  /** Waits until all have ended. */
  end(): void;
  /** Tells the others that this one is not going on. */
  fail(error: unknown): void;
}

/** A fit without others. */
export const alone: Replica = {
  rank: 0, size: 1, collective: soleCollective,
  begin: () => {},
  resumed: (open) => open(),
  sum: (_, tensors) => [...tensors],
  buffers: (tensors) => tensors,
  asked: (make) => make(),
  told: (make) => make(),
  share: (load) => load(),
  agree: () => {},
  end: () => {},
  fail: () => {},
};
