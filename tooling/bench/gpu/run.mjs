/** One benchmark: steps of a model in a mode of a library, timed. */
import { measure } from '../measure.mjs';
import { sizes } from './models.mjs';

/** @typedef {{ library: string, mode: string, model: string, size: string, seconds: number }} Task */

/**
 * @param {{ prepare(mode: string, model: string, size: import('./models.mjs').Size): Promise<{ description: string, step(): Promise<number> }> }} library
 * @param {Task} task
 */
export async function runTask({ prepare }, { mode, model, size, seconds }) {
  const { description, step } = await prepare(mode, model, sizes[size]);
  const first = await step();
  let last = first;
  const timed = async () => { last = await step(); };
  const result = await measure(timed, { warmup: 3, seconds, least: 5, most: 200 });
  if (!Number.isFinite(last) || last >= first) throw new Error(`the loss went from ${first} to ${last}`);
  return { ...result, description };
}
