/** Sets of plugins that a plan accepts, each plugin in one of them. */
import { ParsimonyError } from '@parsimony/core';
import { pluginsByName } from './plugins';

/** As many plugins as go together, and the same for each that was left out of the groups before. `plan` throws where they do not. */
export function groups(plan: (names: readonly string[]) => void): string[][] {
  const goTogether = (names: readonly string[]): boolean => {
    try {
      plan(names);
      return true;
    } catch (error) {
      if (error instanceof ParsimonyError && error.code === 'conflict') return false;
      throw error;
    }
  };
  const all = Object.keys(pluginsByName);
  const made: string[][] = [];
  for (const name of all) {
    if (made.some((group) => group.includes(name))) continue;
    made.push(all.reduce((group, other) => (other !== name && goTogether([...group, other]) ? [...group, other] : group), [name]));
  }
  return made;
}
