/** When mixing ends. */
import { checkNumber, checkOptions, fail, show } from '@parsimony/core';

/** Mixing ends after so many epochs, so many steps, or a share of all steps. */
export type Until = { readonly epoch: number } | { readonly step: number } | { readonly fraction: number };

interface Progress { readonly epoch: number; readonly step: number; readonly totalSteps: number }

/** Checks the option `until`; gives whether there is mixing where a run is. Undefined: always. */
export function mixesUntil(where: string, until: unknown): (at: Progress) => boolean {
  if (until === undefined) return () => true;
  checkOptions(`${where}: \`until\``, until, ['epoch', 'step', 'fraction']);
  const given = until as Partial<Readonly<Record<'epoch' | 'step' | 'fraction', number>>>;
  if (Object.keys(given).length !== 1) fail('option', `${where}: \`until\` must be one of { epoch }, { step } and { fraction }, received ${show(until)}.`);
  if (given.fraction !== undefined) {
    const fraction = checkNumber(where, 'until.fraction', given.fraction, { min: 0, max: 1 });
    return ({ step, totalSteps }) => step < fraction * totalSteps;
  }
  const unit = given.epoch === undefined ? 'step' : 'epoch';
  const end = checkNumber(where, `until.${unit}`, given[unit], { min: 0, integer: true });
  return (at) => at[unit] < end;
}
