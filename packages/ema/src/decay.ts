/** How much of the average a step keeps: constant, by half-life, and warming up. */
import { checkNumber, checkOptions, fail, type Schedule, show, type Strength, strength } from '@parsimony/core';

/** Warm-up 1 - (1 + s / g)^-p, s the number of updates before. */
export interface EmaWarmup {
  /** g: updates until the warm-up bends, above 0. Default 1. */
  readonly inverseGamma?: number;
  /** p: 2/3 for runs of up to a million steps, 3/4 for shorter ones; above 0. Default 2/3. */
  readonly power?: number;
}

export interface EmaDecayOptions {
  /** Share of the average that a step keeps, in [0, 1]: a number or a schedule of the step. Default 0.999. */
  readonly decay?: Schedule;
  /** Steps after which a weight counts half, above 0; in place of `decay`: decay = 2^(-1 / halfLifeSteps) a step. */
  readonly halfLifeSteps?: number;
  /** Begin with a shorter average, so that the random start is soon forgotten: decay_s = min(decay, 1 - (1 + s / g)^-p). Default true. */
  readonly warmup?: boolean | EmaWarmup;
}

export interface EmaDecay {
  readonly strength: Strength;
  readonly warmup: Required<EmaWarmup> | undefined;
  /** What of it a plugin records. */
  readonly recorded: { readonly decay: Schedule } | { readonly halfLifeSteps: number };
}

/** @internal The names of the options that `checkDecay` reads. */
export const decayOptions = ['decay', 'halfLifeSteps', 'warmup'] as const;

/** @internal `everySteps`: from one update to the next. */
export function checkDecay(where: string, { decay, halfLifeSteps, warmup = true }: EmaDecayOptions, everySteps = 1): EmaDecay {
  if (decay !== undefined && halfLifeSteps !== undefined) {
    fail('option', `${where}: \`decay\` and \`halfLifeSteps\` say the same thing twice; give one of them.`);
  }
  const constant = halfLifeSteps === undefined ? undefined
    : 2 ** (-everySteps / checkNumber(where, 'halfLifeSteps', halfLifeSteps, { min: 0, minExclusive: true }));
  const base = strength(where, 'decay', decay === undefined ? constant ?? 0.999 : decay, { min: 0, max: 1 });
  return { strength: base, warmup: checkWarmup(where, warmup), recorded: halfLifeSteps === undefined ? { decay: base.schedule } : { halfLifeSteps } };
}

function checkWarmup(where: string, warmup: unknown): Required<EmaWarmup> | undefined {
  if (warmup === false) return undefined;
  if (warmup !== true && (warmup === null || typeof warmup !== 'object')) {
    fail('option', `${where}: \`warmup\` must be true, false or { inverseGamma, power }, received ${show(warmup)}.`);
  }
  const options = (warmup === true ? {} : warmup) as EmaWarmup;
  checkOptions(`${where}: warmup`, options, ['inverseGamma', 'power']);
  const { inverseGamma = 1, power = 2 / 3 } = options;
  const positive = { min: 0, minExclusive: true };
  return {
    inverseGamma: checkNumber(`${where}: warmup`, 'inverseGamma', inverseGamma, positive),
    power: checkNumber(`${where}: warmup`, 'power', power, positive),
  };
}

/** @internal The decay of update s, in a context. */
export const decayAt = ({ strength: base, warmup }: EmaDecay, s: number, ctx: Parameters<Strength['at']>[0]): number => {
  const decay = base.at(ctx);
  return warmup === undefined ? decay : Math.min(decay, 1 - (1 + s / warmup.inverseGamma) ** -warmup.power);
};

/**
 * The decay of an update after `s` others: min(decay, 1 - (1 + s / g)^-p), or `decay` without warm-up.
 *
 * @param s - Updates before this one, 0 or more.
 * @throws option: an unknown option or one out of range.
 * @example
 * ```ts
 * import { emaDecay } from '@parsimony/ema';
 * emaDecay(10, { decay: 0.999 }).toFixed(6); // => '0.797820'
 * emaDecay(10, { decay: 0.999, warmup: false }); // => 0.999
 * emaDecay(10, { halfLifeSteps: 2, warmup: false }); // => 0.707107
 * ```
 */
export function emaDecay(s: number, options: EmaDecayOptions & { readonly decay?: number } = {}): number {
  checkOptions('emaDecay', options, decayOptions);
  checkNumber('emaDecay', 's', s, { min: 0 });
  return decayAt(checkDecay('emaDecay', options), s, { at: () => fail('option', 'emaDecay: `decay` must be a number; a schedule needs a run.') });
}
