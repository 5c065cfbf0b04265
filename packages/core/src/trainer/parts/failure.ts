/** How a failed fit is told: what went wrong, where the fit was, what was kept, and how to go on. */
import { ParsimonyError } from '../../errors';
import type { Checkpointer } from '../checkpoint/checkpointer';
import type { CheckedFitOptions } from '../options';
import type { Run } from './run';

/** Errors that are not this project's own stay as they are. `from` is the checkpoint that the fit was resumed from. */
export const tell = (error: unknown, run: Run, checkpointer: Checkpointer | undefined, from: string | undefined): unknown =>
  (error instanceof ParsimonyError ? longer(error, `${whereabouts(run)} ${remains(checkpointer, from)}`) : error);

/** Of what happened before the first hook of a fit that is observed: only what a plugin threw needs more words. */
export function tellEarly(error: unknown, resume: CheckedFitOptions['resume']): unknown {
  if (!(error instanceof ParsimonyError) || error.hook === undefined) return error;
  const from = typeof resume === 'string' ? resume : resume && 'list' in resume ? resume.name : undefined;
  return longer(error, `The fit had not begun${from === undefined ? '.' : `; ${from} is as it was. ${goOn(from)}`}`);
}

function longer(error: ParsimonyError, more: string): ParsimonyError {
  const { code, message, plugin, hook, cause = error } = error;
  return new ParsimonyError(code, `${sentence(message)} ${more}`, { ...(plugin === undefined ? {} : { plugin }), ...(hook === undefined ? {} : { hook }), cause });
}

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;

const whereabouts = ({ epoch, step, refused = step }: Run): string => `Done before it: ${count(refused, 'step')}, ${count(epoch, 'whole epoch')}.`;

const goOn = (source: string): string => `Once the cause is mended, go on with \`resume: '${source}'\`.`;

function remains(checkpointer: Checkpointer | undefined, from: string | undefined): string {
  if (checkpointer?.last !== undefined) return `Kept: ${checkpointer.last}. ${goOn(checkpointer.store)}`;
  if (from !== undefined) return `Kept: ${from}. ${goOn(from)}`;
  return checkpointer ? 'There is no checkpoint yet.' : 'No checkpoint was kept: `fit({ checkpoint: { directory } })` writes some to go on from.';
}
