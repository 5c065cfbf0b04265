/** The options of `fit({ checkpoint })`, checked. */
import { directoryStore } from '../../checkpoint/directory-store';
import type { CheckpointStore } from '../../checkpoint/store';
import { fail, show } from '../../errors';
import { checkBoolean, checkChoice, checkNumber, checkOptions } from '../../options';

/** By what the best checkpoint is told. */
export interface BestRule {
  /** A value of the history's rows, such as 'validationAccuracy'. */
  readonly monitor: string;
  readonly mode: 'min' | 'max';
}

export interface KeepBest extends BestRule {
  /** How many of the best stay, 1 or more. Default 1. */
  readonly count?: number;
}

export interface CheckpointOptions {
  /** A folder, in Node; made where it is missing. This or `store`. */
  readonly directory?: string;
  /** Files by name anywhere else: `memoryStore()`, or one of your own. */
  readonly store?: CheckpointStore;
  /** Write one after every so many steps, */
  readonly everySteps?: number;
  /** epochs, */
  readonly everyEpochs?: number;
  /** or seconds (after the first step past them). Default: after each epoch. One is written at the start and the end of a fit in any case. */
  readonly everySeconds?: number;
  /** How many of the last ones stay, 1 or more. Default 2: if one is damaged there is one before. */
  readonly keepLast?: number;
  /** Which ones stay whatever their age. Default: that with the lowest 'validationLoss', if there is one. Of equal ones the earlier is better. */
  readonly keepBest?: KeepBest | false;
  /** Begin a new fit where checkpoints of another one are, which are removed. Default false: that is an error. */
  readonly overwrite?: boolean;
}

export interface CheckedCheckpointOptions {
  readonly store: CheckpointStore;
  readonly everySteps: number;
  readonly everyEpochs: number;
  readonly everySeconds: number;
  readonly keepLast: number;
  readonly keepBest: Required<KeepBest> | false;
  readonly overwrite: boolean;
}

const known = ['directory', 'store', 'everySteps', 'everyEpochs', 'everySeconds', 'keepLast', 'keepBest', 'overwrite'] as const;

export function checkCheckpointOptions(options: CheckpointOptions): CheckedCheckpointOptions {
  const where = 'fit: checkpoint';
  checkOptions(where, options, known);
  const { directory, store, everySteps, everyEpochs, everySeconds } = options;
  if ((directory === undefined) === (store === undefined)) fail('option', `${where}: expected \`directory\` or \`store\`, received ${directory === undefined ? 'neither' : 'both'}.`);
  if (store !== undefined) checkStore(`${where}: \`store\``, store);
  const regular = everySteps ?? everyEpochs ?? everySeconds;
  const every = (name: 'everySteps' | 'everyEpochs' | 'everySeconds', value: number | undefined): number =>
    (value === undefined ? Infinity : checkNumber(where, name, value, name === 'everySeconds' ? { min: 0, minExclusive: true } : { min: 1, integer: true }));
  return {
    store: store ?? directoryStore(directory as string),
    everySteps: every('everySteps', everySteps),
    everyEpochs: every('everyEpochs', regular === undefined ? 1 : everyEpochs),
    everySeconds: every('everySeconds', everySeconds),
    keepLast: checkNumber(where, 'keepLast', options.keepLast ?? 2, { min: 1, integer: true }),
    keepBest: checkBest(where, options.keepBest ?? { monitor: 'validationLoss', mode: 'min' }),
    overwrite: checkBoolean(where, 'overwrite', options.overwrite ?? false),
  };
}

function checkBest(where: string, rule: KeepBest | false): Required<KeepBest> | false {
  if (rule === false) return rule;
  checkOptions(`${where}: keepBest`, rule, ['monitor', 'mode', 'count']);
  if (typeof rule.monitor !== 'string' || rule.monitor === '') fail('option', `${where}: \`keepBest.monitor\` must be the name of a value of the history, such as 'validationAccuracy', received ${show(rule.monitor)}.`);
  checkChoice(where, 'keepBest.mode', rule.mode, ['min', 'max']);
  return { ...rule, count: checkNumber(where, 'keepBest.count', rule.count ?? 1, { min: 1, integer: true }) };
}

/** Refuses what cannot keep files. */
export function checkStore(where: string, store: unknown): CheckpointStore {
  const methods = ['list', 'read', 'write', 'remove'] as const;
  if (typeof store === 'object' && store !== null && methods.every((name) => typeof (store as Partial<CheckpointStore>)[name] === 'function')) return store as CheckpointStore;
  return fail('option', `${where} must be a CheckpointStore ({ name, list, read, write, remove }), such as \`memoryStore()\`, received ${show(store)}.`);
}
