/** In how many pieces a step runs: as many as it accumulates, unless batch norms are to see the whole batch. */
import type { Module } from '../../nn/module';
import type { Inputs, Outputs } from '../../types';
import { layersOf } from '../checks/flow';

export const batchStatisticsChoices = ['microbatch', 'unsplit'] as const;
/** Which statistics batch norms take under accumulation. */
export type BatchStatistics = (typeof batchStatisticsChoices)[number];

export interface Pieces {
  /** Microbatches a step. */
  readonly count: number;
  /** For `explain()`; undefined where there is nothing to say. */
  readonly said: string | undefined;
}

export interface PiecesOptions {
  readonly accumulate?: number;
  readonly batchStatistics?: BatchStatistics;
}

/** Without a batch norm the microbatches give the results of the whole batch anyway, and save memory. */
export function piecesOf(model: Module<Inputs, Outputs>, { accumulate = 1, batchStatistics = 'microbatch' }: PiecesOptions): Pieces {
  if (accumulate === 1) return { count: 1, said: undefined };
  const norm = batchStatistics === 'unsplit' ? layersOf(model).find(({ traits }) => traits.batchStatistics) : undefined;
  if (!norm) return { count: accumulate, said: `${accumulate} microbatches a step` };
  return { count: 1, said: `not split into ${accumulate}: batch norm at ${norm.label} takes the statistics of the whole batch (batchStatistics: 'unsplit'), so memory is not saved` };
}
