/** Learning rate and decay of each parameter: the optimizer's own, then the groups of plugins, then their scales. */
import { fail, show } from '../../errors';
import { globMatch } from '../../glob';
import type { DecayKind, Optimizer, Rates } from '../../optim/optimizer';
import { checkChoice, checkNumber, checkOptions } from '../../options';
import type { Progress, Schedule } from '../../schedules/kind';
import { checkSchedule, evaluateSchedule } from '../../schedules/schedule';
import type { ParamGroup, PluginKey } from '../contract';

/** The groups of one plugin. */
export interface PluginGroups {
  readonly plugin: PluginKey;
  readonly groups: readonly ParamGroup[];
  /** It claims `params.decay`. */
  readonly ownsDecay: boolean;
}

interface Resolved {
  readonly scales: readonly Schedule[];
  /** Undefined: the optimizer's own. */
  readonly decay: { readonly weightDecay: Schedule; readonly decayKind: DecayKind } | undefined;
}

/** Refuses groups that are not. */
export function checkGroups(groups: unknown): readonly ParamGroup[] {
  if (!Array.isArray(groups)) return fail('plugin', `expected a list of parameter groups, received ${show(groups)}.`);
  groups.forEach((group: ParamGroup, i) => {
    const where = `group ${i}`;
    checkOptions(where, group, ['match', 'weightDecay', 'decayKind', 'lrScale', 'reason']);
    if (typeof group.match !== 'string' || group.match === '') fail('plugin', `${where}: \`match\` must be a glob over parameter paths, received ${show(group.match)}.`);
    if (group.weightDecay !== undefined) checkSchedule(where, 'weightDecay', group.weightDecay);
    if (group.lrScale !== undefined) checkSchedule(where, 'lrScale', group.lrScale);
    if (group.reason !== undefined && typeof group.reason !== 'string') fail('plugin', `${where}: \`reason\` must be text, received ${show(group.reason)}.`);
    if (group.decayKind !== undefined) checkChoice(where, 'decayKind', group.decayKind, ['coupled', 'decoupled']);
  });
  return groups as readonly ParamGroup[];
}

export class RateTable {
  readonly #byPath = new Map<string, Resolved>();
  /** Scales that plugins set while the fit runs: plugin -> glob -> scale. */
  readonly scales = new Map<PluginKey, Map<string, number>>();

  constructor(readonly optimizer: Optimizer, readonly groups: readonly PluginGroups[]) {}

  setScale(plugin: PluginKey, match: string, scale: number): void {
    checkNumber('lrScale', 'scale', scale, { min: 0 });
    const own = this.scales.get(plugin) ?? new Map<string, number>();
    own.delete(match);
    this.scales.set(plugin, own.set(match, scale));
  }

  rates(path: string, progress: Progress): Rates {
    let resolved = this.#byPath.get(path);
    if (!resolved) this.#byPath.set(path, resolved = this.#resolve(path));
    const base = this.optimizer.rates(path, progress);
    let { lr } = base;
    for (const scale of resolved.scales) lr *= evaluateSchedule(scale, progress);
    for (const own of this.scales.values()) lr *= lastMatch([...own], path) ?? 1;
    if (!resolved.decay) return lr === base.lr ? base : { ...base, lr };
    return { lr, weightDecay: evaluateSchedule(resolved.decay.weightDecay, progress), decayKind: resolved.decay.decayKind };
  }

  /** What plugins say of a parameter, in their order. */
  reasons(path: string): { readonly plugin: PluginKey; readonly reason: string }[] {
    return this.groups.flatMap(({ plugin, groups }) => {
      const reason = groups.findLast((group) => group.reason !== undefined && globMatch(group.match, path))?.reason;
      return reason === undefined ? [] : [{ plugin, reason }];
    });
  }

  #resolve(path: string): Resolved {
    const scales: Schedule[] = [];
    let decay: Resolved['decay'] = undefined;
    for (const { groups, ownsDecay } of this.groups) {
      const matching = groups.filter(({ match }) => globMatch(match, path));
      const scale = matching.findLast((g) => g.lrScale !== undefined)?.lrScale;
      const own = matching.findLast((g) => g.weightDecay !== undefined);
      if (scale !== undefined) scales.push(scale);
      if (own?.weightDecay !== undefined) decay = { weightDecay: own.weightDecay, decayKind: own.decayKind ?? 'decoupled' };
      else if (ownsDecay) decay = { weightDecay: 0, decayKind: 'decoupled' };
    }
    return { scales, decay };
  }
}

const lastMatch = (entries: readonly (readonly [match: string, scale: number])[], path: string): number | undefined =>
  entries.findLast(([match]) => globMatch(match, path))?.[1];
