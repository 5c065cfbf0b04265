/** A plan as text for a terminal. */
import type { Finding, HookName, Slot } from '../contract';
import { hookNames, slots } from '../hook-names';
import type { ResolvedPlan } from './plan';

/** Rows as aligned columns, each line indented. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => `  ${row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join('  ')}`.trimEnd());
}

function printFindings(findings: readonly Finding[]): string[] {
  if (findings.length === 0) return ['Findings: none'];
  return ['Findings', ...findings.flatMap(({ severity, code, message, hint }) => [
    `  ${severity} ${code}: ${message}`, ...(hint === undefined ? [] : [`    ${hint}`]),
  ])];
}

export function printPlan({ plugins, hooks, findings }: ResolvedPlan): string {
  const lines = [`Plugins${plugins.length === 0 ? ': none' : ''}`];
  lines.push(...table(plugins.map(({ key, plugin }) => [key, plugin.version, plugin.batchSemantics, JSON.stringify(plugin.options)])));
  const used = hookNames.filter((name) => hooks[name].entries.length > 0);
  lines.push(`Hooks, in the order of a fit${used.length === 0 ? ': none' : ''}`);
  lines.push(...table(used.map((name) => [name, inOrderOfRunning(name, hooks[name].entries).map(({ key, order, match }) =>
    `${key}${order === undefined ? '' : ` [${order}]`}${match === undefined ? '' : ` (${match})`}`).join(' -> ')])));
  const claimed = slots.flatMap((slot) => {
    const text = claimsOf(slot, plugins);
    return text === '' ? [] : [[slot, text]];
  });
  lines.push(`Claims${claimed.length === 0 ? ': none' : ''}`, ...table(claimed), ...printFindings(findings));
  return lines.join('\n');
}

/** fitEnd runs backwards. */
const inOrderOfRunning = <T>(name: HookName, entries: readonly T[]): readonly T[] => (name === 'fitEnd' ? entries.toReversed() : entries);

function claimsOf(slot: Slot, plugins: ResolvedPlan['plugins']): string {
  return plugins.flatMap(({ key, plugin }) => {
    const mode = plugin.claims.writes?.[slot];
    const reads = plugin.claims.reads?.includes(slot) ? ['reads'] : [];
    const does = [...reads, ...(mode === undefined ? [] : [`writes, ${mode}`])];
    return does.length === 0 ? [] : [`${key} (${does.join('; ')})`];
  }).join(', ');
}
