/** How a failed fit is told: what went wrong, where the fit was, what was kept, and how to go on. */
import { ParsimonyError } from '../../errors';
import type { Checkpointer } from '../checkpoint/checkpointer';
import type { Run } from './run';

/** Errors that are not this project's own stay as they are. */
export function tell(error: unknown, run: Run, checkpointer: Checkpointer | undefined): unknown {
  if (!(error instanceof ParsimonyError)) return error;
  const { code, message, plugin, hook, cause = error } = error;
  return new ParsimonyError(code, `${sentence(message)} ${whereabouts(run)} ${remains(checkpointer)}`, {
    ...(plugin === undefined ? {} : { plugin }), ...(hook === undefined ? {} : { hook }), cause,
  });
}

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;

const whereabouts = ({ epoch, step }: Run): string => `Done before it: ${count(step, 'step')}, ${count(epoch, 'whole epoch')}.`;

function remains(checkpointer: Checkpointer | undefined): string {
  if (!checkpointer) return 'No checkpoint was kept: `fit({ checkpoint: { directory } })` writes some to go on from.';
  const { last, store } = checkpointer;
  return last === undefined ? 'There is no checkpoint yet.' : `Kept: ${last}. Once the cause is mended, go on with \`resume: '${store}'\`.`;
}
