/** Constraints on the lengths of units beside each other: fine on different parameters, refused on the same. */
import type { Finding, PluginInfo, PluginKey, Shape } from '@parsimony/core';
import { select, type Selection, selectionFindings } from './selection';

/** In the order in which they act. */
const constraints = [['@parsimony/weight-decay/max-norm', 'maxNorm'], ['@parsimony/weight-decay/min-max-norm', 'minMaxNorm'], ['@parsimony/weight-decay/unit-norm', 'unitNorm']] as const;

const later = (key: PluginKey): readonly (readonly [string, string])[] => constraints.slice(constraints.findIndex(([name]) => name === key) + 1);

/** @internal The constraints that come after this one. On parameters of their own their order means nothing. */
export const constraintsAfter = (key: PluginKey): string[] => later(key).map(([name]) => name);

/** @internal Parameters whose lengths a later constraint sets too: only one of the two would hold. */
export function lengthFindings(where: string, key: PluginKey, peers: readonly PluginInfo[], shapes: Readonly<Record<string, Shape>>, selection: Selection): Finding[] {
  if (selectionFindings(where, key, shapes, selection).length > 0) return [];
  const pathsOf = (given: Selection): string[] => select(where, shapes, given, '').flatMap(({ path, factor }) => (factor > 0 ? [path] : []));
  return later(key).flatMap(([name, other]): Finding[] => {
    const peer = peers.find((own) => own.name === name);
    if (!peer) return [];
    const theirs = { ...peer.options as unknown as Omit<Selection, 'factors'>, factors: {} };
    // Globs that match nothing are the other's own finding.
    if (selectionFindings(other, name as PluginKey, shapes, theirs).length > 0) return [];
    const both = pathsOf(selection).filter((path) => pathsOf(theirs).includes(path));
    return both.length === 0 ? [] : [{
      severity: 'error', code: 'two-lengths', plugins: [key, name as PluginKey],
      message: `${where} and ${other} both set the lengths of ${both.map((path) => `\`${path}\``).join(', ')}, so that only one of them would hold.`,
      hint: 'Give each parameters of its own by `exclude`, or leave one out; minMaxNorm has both bounds.',
    }];
  });
}
