/**
 * What a module says of itself, so that core can warn of bad neighbours without importing the packages they come from.
 * A subclass states them as a property:
 *
 *     class Dropout extends Module { override readonly traits = { drops: { unit: 'element', p: this.p } } as const; … }
 *
 * A module without traits is taken as an ordinary layer, or, where it has children, as a container whose order is unknown.
 */
import type { Schedule } from '../schedules/kind';

export interface ModuleTraits {
  /**
   * How children run. 'sequential': one after another in the order of `children()`, nothing else in between. 'residual': each
   * on the module's input, and the results are added; of a single child, with the input itself. Left out: unknown, and nothing
   * is said of the order inside.
   */
  readonly flow?: 'sequential' | 'residual';
  /** Zeroes at random in training. 'path': the whole output of a sample or batch (stochastic depth, drop path). */
  readonly drops?: { readonly unit: 'element' | 'channel' | 'block' | 'token' | 'path' | 'weight' | 'state'; readonly p: Schedule };
  /** Draws at random in training in another way than by dropping: noise, random shares of branches. */
  readonly draws?: boolean;
  /** Normalizes by statistics of the batch in training, by running ones in evaluation. */
  readonly batchStatistics?: boolean;
  /** Takes its batch statistics over all replicas of a fit. */
  readonly synchronized?: boolean;
  /** Elementwise nonlinearity. */
  readonly activation?: boolean;
  /** Runs over time with the same weights: RNN, LSTM, GRU. */
  readonly recurrent?: boolean;
}

/** @internal The trait of a layer that drops elements inside, at a rate that may be set. */
export const dropsWithin = (p: () => Schedule): NonNullable<ModuleTraits['drops']> => ({ unit: 'element', get p() { return p(); } });
