/** The order of one hook: bands, in a band a topological order of `before` and `after`, ties by the user's order. */
import { fail } from '../../errors';
import type { HookName, PluginKey } from '../contract';
import type { NormalHook } from '../define-plugin';

/** One plugin's part in one hook. */
export interface HookEntry extends NormalHook {
  readonly key: PluginKey;
  readonly name: string;
}

export interface OrderedHook {
  readonly entries: readonly HookEntry[];
  /** Whether bands or declarations, not the user's order, decide between two plugins here. */
  declares(a: PluginKey, b: PluginKey): boolean;
  /** `before` and `after` across bands that say the opposite of the bands. */
  readonly overruled: readonly (readonly [first: HookEntry, second: HookEntry])[];
}

const bandOf = ({ order }: HookEntry): number => (order === 'pre' ? 0 : order === 'post' ? 2 : 1);
const means = (entry: HookEntry, name: string): boolean => entry.name === name || entry.key === name;

/**
 * Orders the plugins of a hook, given in the user's order.
 *
 * @throws conflict: a cycle, printed.
 */
export function orderHook(hook: HookName, entries: readonly HookEntry[]): OrderedHook {
  const next = new Map<HookEntry, Set<HookEntry>>(entries.map((e) => [e, new Set()]));
  const overruled: (readonly [HookEntry, HookEntry])[] = [];
  const link = (first: HookEntry, second: HookEntry): void => {
    if (first === second) return;
    if (bandOf(first) === bandOf(second)) next.get(first)?.add(second);
    else if (bandOf(first) > bandOf(second)) overruled.push([first, second]);
  };
  for (const entry of entries) {
    for (const other of entries) {
      if (entry.before.some((name) => means(other, name))) link(entry, other);
      if (entry.after.some((name) => means(other, name))) link(other, entry);
    }
  }
  const sorted = [0, 1, 2].flatMap((band) => sort(hook, entries.filter((e) => bandOf(e) === band), next));
  const reaches = (from: HookEntry, to: HookEntry): boolean => [...next.get(from) ?? []].some((e) => e === to || reaches(e, to));
  return {
    entries: sorted,
    overruled,
    declares(a, b) {
      const [first, second] = [a, b].map((key) => entries.find((e) => e.key === key));
      if (!first || !second) return false;
      return bandOf(first) !== bandOf(second) || reaches(first, second) || reaches(second, first);
    },
  };
}

/** Repeatedly takes the first entry that nothing left must precede. */
function sort(hook: HookName, band: readonly HookEntry[], next: ReadonlyMap<HookEntry, ReadonlySet<HookEntry>>): HookEntry[] {
  const left = [...band];
  const out: HookEntry[] = [];
  while (left.length > 0) {
    const i = left.findIndex((entry) => !left.some((other) => next.get(other)?.has(entry)));
    if (i < 0) fail('conflict', `Plan: the order of \`${hook}\` has a cycle: ${cycleIn(left, next).map((e) => e.key).join(' -> ')}. Each says it runs before the next; take one \`before\` or \`after\` away.`);
    out.push(...left.splice(i, 1));
  }
  return out;
}

/** A cycle among entries of which each has a predecessor among them; the first repeated at the end. */
function cycleIn(entries: readonly HookEntry[], next: ReadonlyMap<HookEntry, ReadonlySet<HookEntry>>): HookEntry[] {
  const walk: HookEntry[] = [];
  let at = entries[0] as HookEntry;
  while (!walk.includes(at)) {
    walk.unshift(at);
    const now = at;
    at = entries.find((e) => next.get(e)?.has(now)) as HookEntry;
  }
  return [at, ...walk.slice(0, walk.indexOf(at)), at];
}
