/** Sets of plugins that a plan accepts, each plugin in one of them. */
import { ParsimonyError } from '@parsimony/core';
import { pluginsByName } from './plugins';

/** As many plugins as go together, then as many as go together of those left out, until none is. `plan` throws where they do not. */
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
  let left = Object.keys(pluginsByName);
  const made: string[][] = [];
  while (left.length > 0) {
    const group = left.reduce<string[]>((names, name) => (names.length === 0 || goTogether([...names, name]) ? [...names, name] : names), []);
    made.push(group);
    left = left.filter((name) => !group.includes(name));
  }
  return made;
}
