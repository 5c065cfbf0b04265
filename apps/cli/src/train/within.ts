/** Errors of what a configuration holds, with the key they belong to in front. */
import { fail, ParsimonyError, show } from '@parsimony/core';

/** Runs a function of the configuration; what it throws is told with its key, and the place in its own file. */
export async function calling<T>(key: string, fn: () => T | Promise<T>): Promise<T> {
  try {
    return await fn();
  } catch (error) {
    return blame(key, error);
  }
}

/** The same, at once. */
export function callingSync<T>(key: string, fn: () => T): T {
  try {
    return fn();
  } catch (error) {
    return blame(key, error);
  }
}

function blame(key: string, error: unknown): never {
  if (error instanceof ParsimonyError) fail(error.code, `${key}: ${error.message}`, { cause: error });
  if (!(error instanceof Error)) fail('config', `${key}: the function threw ${show(error)}.`, { cause: error });
  const place = error.stack?.split('\n').find((line) => /^\s+at /.test(line))?.trim();
  return fail('config', `${key}: the function threw: ${error.message}${place === undefined ? '' : ` (${place})`}`, { cause: error });
}

export function within<T>(where: string, key: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof ParsimonyError)) throw error;
    return fail(error.code, `${where}: \`${key}\`: ${error.message}`, { cause: error });
  }
}
