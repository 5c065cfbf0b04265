/** What rules go by: their thresholds, each with its reason. */
import { checkNumber, checkOptions } from '@parsimony/core';

export interface Thresholds {
  /** Training accuracy less validation accuracy from which it is mild overfitting, in (0, 1). Default 0.05: beyond chance on 400 validation images (three standard errors of 90 % on them are 0.045). */
  readonly mildGap?: number;
  /** From which it is severe, in (0, 1). Default 0.15: between the gaps of 7.8 and 27.7 points that are known as mild and severe, at their geometric mean. */
  readonly severeGap?: number;
  /** Accuracy below which training and validation are both poor, in (0, 1). Default 0.9, for tasks that can be learned; lower it for those that cannot. */
  readonly poor?: number;
  /** Below which they are so severely, in (0, 1). Default 0.75. */
  readonly veryPoor?: number;
  /** Rise of the validation loss over its least value, as a share of that, more than 0. Default 0.2: twice what noise makes of a smooth run. */
  readonly rise?: number;
  /** Rise of the training loss over its least value so far, as a share of the first epoch's, more than 0. Default 0.2: a fifth of all there was to learn is lost. */
  readonly spike?: number;
  /** Mean gradient norm of an epoch over the largest of those before, more than 1. Default 10: an order of magnitude. */
  readonly gradientSpike?: number;
  /** Standard deviation of the validation loss about its course, as a share of it, more than 0. Default 0.2: a difference of two checks is then by chance half of `rise` and more. */
  readonly noise?: number;
  /** Fall of the training loss over the last third of a run from which it is still learning, as a share, in (0, 1). Default 0.05. */
  readonly learning?: number;
}

/** @internal */
export type Limits = Required<Thresholds>;

/** The thresholds where none are given. */
export const defaultThresholds: Limits = {
  mildGap: 0.05, severeGap: 0.15, poor: 0.9, veryPoor: 0.75, rise: 0.2, spike: 0.2, gradientSpike: 10, noise: 0.2, learning: 0.05,
};

const shares = ['mildGap', 'severeGap', 'poor', 'veryPoor', 'learning'] as const;

/** @internal Fills in the defaults. */
export function checkThresholds(where: string, given: Thresholds = {}): Limits {
  checkOptions(where, given, Object.keys(defaultThresholds), 'threshold');
  const limits: Limits = { ...defaultThresholds, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) };
  for (const name of shares) checkNumber(where, name, limits[name], { min: 0, minExclusive: true, max: 1, maxExclusive: true });
  for (const name of ['rise', 'spike', 'noise'] as const) checkNumber(where, name, limits[name], { min: 0, minExclusive: true });
  checkNumber(where, 'gradientSpike', limits.gradientSpike, { min: 1, minExclusive: true });
  checkNumber(where, 'severeGap', limits.severeGap, { min: limits.mildGap });
  checkNumber(where, 'veryPoor', limits.veryPoor, { max: limits.poor });
  return limits;
}
