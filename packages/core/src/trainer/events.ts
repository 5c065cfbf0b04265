/** What `onProgress` is told. */
import { fail, show } from '../errors';
import { checkFunction, checkOptions } from '../options';
import type { EvalResult, HistoryRow } from './contract';

export type ProgressEvent =
  | { readonly kind: 'start'; readonly epochs: number; readonly stepsPerEpoch: number; readonly totalSteps: number; readonly step: number }
  | {
    readonly kind: 'step';
    /** Steps done, from 1. */
    readonly step: number;
    readonly totalSteps: number;
    readonly epoch: number;
    readonly loss: number;
    /** Running over the epoch so far, on the original labels. */
    readonly metrics: Readonly<Record<string, number>>;
    readonly learningRate: number;
    /** False where the step was left out for a loss or gradient that is not finite. */
    readonly applied: boolean;
  }
  | { readonly kind: 'eval'; readonly split: string; readonly step: number; readonly epoch: number; readonly result: EvalResult }
  | { readonly kind: 'epoch'; readonly epoch: number; readonly row: HistoryRow }
  /** `path`: to resume from. */
  | { readonly kind: 'checkpoint'; readonly step: number; readonly epoch: number; readonly path: string }
  | { readonly kind: 'end'; readonly reason: string };

type EventOf<K extends ProgressEvent['kind']> = Extract<ProgressEvent, { readonly kind: K }>;

/** A function for all events, or functions by kind. */
export type ProgressListener = ((event: ProgressEvent) => void | Promise<void>)
  | { readonly [K in ProgressEvent['kind']]?: (event: EventOf<K>) => void | Promise<void> };

/** Whoever listens, and whether to steps, which then have something to read. */
export interface Listener {
  readonly steps: boolean;
  tell(event: ProgressEvent): void | Promise<void>;
}

const kinds: readonly ProgressEvent['kind'][] = ['start', 'step', 'eval', 'epoch', 'checkpoint', 'end'];

export function checkListener(where: string, given: unknown): Listener | undefined {
  if (given === undefined) return undefined;
  if (typeof given === 'function') return { steps: true, tell: given as Listener['tell'] };
  if (typeof given !== 'object' || given === null) return fail('option', `${where}: \`onProgress\` must be a function, or functions by kind of event, received ${show(given)}.`);
  checkOptions(`${where}: onProgress`, given, kinds, 'event');
  for (const [kind, listen] of Object.entries(given)) if (listen !== undefined) checkFunction(`${where}: onProgress`, kind, listen);
  const listeners = given as Readonly<Partial<Record<ProgressEvent['kind'], Listener['tell']>>>;
  return { steps: listeners.step !== undefined, tell: (event) => listeners[event.kind]?.(event) };
}
