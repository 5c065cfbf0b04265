/** What the claims of plugins forbid: two owners of one slot, and writers whose result depends on an order that nobody declared. */
import type { Finding, HookName, Plugin, PluginKey, Slot, WriteMode } from '../contract';
import { slotHooks, slots } from '../hook-names';
import type { OrderedHook } from './order';

export interface Claimant {
  readonly key: PluginKey;
  readonly plugin: Plugin;
}

interface Writer extends Claimant { readonly mode: WriteMode }

/** In words, for the slots that are often contested. */
const owning: Partial<Record<Slot, string>> = {
  'eval.weights': 'evaluates with weights of its own (two averages?)',
  'optim.step': 'owns the optimizer step',
  'params.decay': 'owns the weight decay',
};

/** Findings on every pair of writers of every slot. */
export function findConflicts(claimants: readonly Claimant[], hooks: Readonly<Record<HookName, OrderedHook>>): Finding[] {
  const out: Finding[] = [];
  for (const slot of slots) {
    const writers = claimants.flatMap(({ key, plugin }): Writer[] => {
      const mode = plugin.claims.writes?.[slot];
      return mode === undefined ? [] : [{ key, plugin, mode }];
    });
    writers.forEach((a, i) => writers.slice(i + 1).forEach((b) => {
      const finding = compare(slot, a, b, hooks);
      if (finding) out.push(finding);
    }));
  }
  return out;
}

function compare(slot: Slot, a: Writer, b: Writer, hooks: Readonly<Record<HookName, OrderedHook>>): Finding | undefined {
  const plugins = [a.key, b.key];
  const modes = [a.mode, b.mode];
  if (modes.includes('exclusive')) {
    const [owner, other] = a.mode === 'exclusive' ? [a, b] : [b, a];
    const role = owning[slot] ?? `writes \`${slot}\` alone`;
    const both = other.mode === 'exclusive';
    return {
      severity: 'error', code: 'exclusive', plugins,
      message: both ? `${a.key} and ${b.key} each claim \`${slot}\` for themselves: each ${role}.` : `${owner.key} claims \`${slot}\` for itself (it ${role}), and ${other.key} writes it too (${other.mode}).`,
      hint: 'Leave one of them out.',
    };
  }
  if (a.mode === b.mode && a.mode !== 'replace') return undefined;
  if (ordered(slot, a, b, hooks)) return undefined;
  if (modes.includes('replace')) {
    const replacing = a.mode === 'replace' ? a : b;
    return {
      severity: 'error', code: 'undeclared-order', plugins,
      message: `${a.key} (${a.mode}) and ${b.key} (${b.mode}) both write \`${slot}\`, and ${replacing.key} replaces what is there; neither says which comes first.`,
      hint: `Give the hook of one of them \`before\` or \`after\` the other, or another band (order: 'pre' or 'post').`,
    };
  }
  return {
    severity: 'warning', code: 'order-matters', plugins,
    message: `${a.key} (${a.mode}) and ${b.key} (${b.mode}) both write \`${slot}\`; scaling and adding do not commute, and neither says which comes first.`,
    hint: 'They run in the order in which you list them.',
  };
}

/** Whether something other than the user's list decides which of two writers of a slot comes first. */
function ordered(slot: Slot, a: Writer, b: Writer, hooks: Readonly<Record<HookName, OrderedHook>>): boolean {
  const uses = (writer: Writer, name: HookName): boolean => writer.plugin.hooks[name] !== undefined;
  const candidates = slotHooks[slot];
  const shared = candidates.filter((name) => uses(a, name) && uses(b, name));
  if (shared.length > 0) return shared.every((name) => hooks[name].declares(a.key, b.key));
  // In different hooks the lifecycle itself decides; slots without hooks of their own take any declaration.
  if (candidates.some((name) => uses(a, name)) && candidates.some((name) => uses(b, name))) return true;
  return Object.values(hooks).some((hook) => hook.declares(a.key, b.key));
}
