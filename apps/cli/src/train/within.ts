/** Errors of what a configuration holds, with the key they belong to in front. */
import { fail, ParsimonyError } from '@parsimony/core';

export function within<T>(where: string, key: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof ParsimonyError)) throw error;
    return fail(error.code, `${where}: \`${key}\`: ${error.message}`, { cause: error });
  }
}
