/** What an optimizer is: a pure update of parameters and state, driven by rates of each parameter's group. */
import { fail, show } from '../errors';
import { globMatch } from '../glob';
import { checkNumber, checkOptions } from '../options';
import { asTensor, expectDType } from '../ops/convert';
import { constantLike } from '../ops/convert';
import type { Progress, Schedule } from '../schedules/kind';
import { checkSchedule, evaluateSchedule } from '../schedules/schedule';
import { isPlainObject } from '../tensor/find';
import { scope } from '../tensor/scope';
import { sameShape, showShape } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import type { Json, Params } from '../types';
import type { UpdateRule } from './rule';

/** Coupled: added to the gradient, as PyTorch's `weight_decay` of SGD and Adam. Decoupled: taken off the weight, times lr, as AdamW's. */
export type DecayKind = 'coupled' | 'decoupled';

/** Rates of the parameters whose path matches. Later groups win. */
export interface OptimizerGroup {
  /** A glob over parameter paths: `**.bias`. */
  readonly match: string;
  /** Multiplies the learning rate. 0 or more. Default 1. */
  readonly lrScale?: Schedule;
  /** Replaces the weight decay. 0 or more. */
  readonly weightDecay?: Schedule;
}

export interface OptimizerState {
  /** `path.slot` of each parameter. */
  readonly tensors: Params;
  /**
   * `step`, the calls of `step`, and `counts`, the updates of each parameter, which bias corrections follow. The host counts,
   * and does not see a gate: where a step turns out to have been skipped, go on with the new tensors and the former json.
   */
  readonly json: Json;
}

/** What one parameter gets at one step. */
export interface Rates { readonly lr: number; readonly weightDecay: number; readonly decayKind: DecayKind }

export interface OptimizerStep<P extends Params = Params> {
  /** Consumed, with their state: use what is returned. */
  readonly params: P;
  /** A parameter without a gradient is left alone. */
  readonly grads: Params;
  readonly state: OptimizerState;
  /** For schedules. Default: the state's own count of steps. */
  readonly progress?: Progress;
  /** One element; 0 leaves every parameter and state tensor as it was, but not the counts: see `OptimizerState`. Default 1. */
  readonly gate?: Tensor;
  /** Rates by path. Default: `optimizer.rates`. */
  readonly rates?: (path: string) => Rates;
}

export interface Optimizer {
  readonly name: string;
  /** As given, with defaults: what a checkpoint records. */
  readonly options: Json;
  readonly lr: Schedule;
  readonly weightDecay: Schedule;
  readonly decayKind: DecayKind;
  /** Whether it divides by the size of recent gradients, which takes the meaning from penalties that come through the gradient. */
  readonly adaptive: boolean;
  readonly groups: readonly OptimizerGroup[];
  /** True where `weightDecay` was given and is not 0, here or in a group: then no plugin may own the decay. */
  readonly ownsDecay: boolean;
  /** Rates of a path by the optimizer's own options. */
  rates(path: string, progress: Progress): Rates;
  /** The state before the first step. */
  init(params: Params): OptimizerState;
  /**
   * New parameters and state.
   *
   * @throws shape: a gradient of another shape, or a gate of more elements. state: a state of other parameters. Before anything is consumed.
   */
  step<P extends Params>(input: OptimizerStep<P>): { readonly params: P; readonly state: OptimizerState };
}

/** Options that every optimizer takes. */
export interface CommonOptions {
  /** Learning rate: a number or a schedule of the step. */
  readonly lr?: Schedule;
  /** Default 0 unless the optimizer says otherwise. 0 or more. */
  readonly weightDecay?: Schedule;
  readonly groups?: readonly OptimizerGroup[];
}

/** What tells one optimizer from another. */
export interface OptimizerSpec {
  readonly name: string;
  /** Own options with their values, for the record. */
  readonly own: Readonly<Record<string, Json>>;
  readonly lr: Schedule;
  readonly weightDecay: Schedule;
  readonly decayKind: DecayKind;
  readonly common: CommonOptions;
  /** Default false. */
  readonly adaptive?: boolean;
  /** How parameters are updated. Of several, a parameter keeps the one whose slots its state has. */
  readonly rules: readonly [UpdateRule, ...UpdateRule[]];
  /** Which of several a parameter gets when its state is made; default the first. The parameters are all that there are. */
  choose?(path: string, params: Params): UpdateRule;
}

/** Builds an optimizer from its specification; what `optim.sgd` and the others return. */
export function defineOptimizer(spec: OptimizerSpec): Optimizer {
  const where = `optim.${spec.name}`;
  const { groups = [] } = spec.common;
  const lr = nonNegative(where, 'lr', spec.lr);
  const weightDecay = nonNegative(where, 'weightDecay', spec.weightDecay);
  if (!Array.isArray(groups)) fail('option', `${where}: \`groups\` must be a list of { match, lrScale?, weightDecay? }, received ${show(groups)}.`);
  groups.forEach((group: OptimizerGroup, i: number) => {
    checkOptions(`${where}: groups[${i}]`, group, ['match', 'lrScale', 'weightDecay']);
    if (typeof group.match !== 'string' || group.match === '') fail('option', `${where}: groups[${i}].match must be a glob over parameter paths, such as '**.bias', received ${show(group.match)}.`);
    if (group.lrScale !== undefined) nonNegative(`${where}: groups[${i}]`, 'lrScale', group.lrScale);
    if (group.weightDecay !== undefined) nonNegative(`${where}: groups[${i}]`, 'weightDecay', group.weightDecay);
  });
  const { rules } = spec;
  const ruleOf = (path: string, tensors: Params): { readonly rule: UpdateRule; readonly slots: readonly Tensor[] } => {
    for (const rule of rules) {
      const slots = Object.keys(rule.slots).map((slot) => tensors[`${path}.${slot}`]);
      if (slots.every((x) => x !== undefined)) return { rule, slots };
    }
    const missing = Object.keys(rules[0].slots).find((slot) => tensors[`${path}.${slot}`] === undefined);
    return fail('state', `${where}: the state has no \`${path}.${missing}\`. Was it made by \`init\` of these parameters?`);
  };

  const optimizer: Optimizer = {
    name: spec.name,
    options: { lr: lr as Json, weightDecay: weightDecay as Json, ...spec.own, groups: groups as unknown as Json },
    lr, weightDecay, decayKind: spec.decayKind, adaptive: spec.adaptive ?? false, groups,
    ownsDecay: (spec.common.weightDecay !== undefined && spec.common.weightDecay !== 0)
      || groups.some((g) => g.weightDecay !== undefined && g.weightDecay !== 0),
    rates(path, progress) {
      let scale: Schedule = 1;
      let decay = weightDecay;
      for (const group of groups) {
        if (!globMatch(group.match, path)) continue;
        scale = group.lrScale ?? scale;
        decay = group.weightDecay ?? decay;
      }
      return { lr: evaluateSchedule(lr, progress) * evaluateSchedule(scale, progress), weightDecay: evaluateSchedule(decay, progress), decayKind: spec.decayKind };
    },
    init(params) {
      const tensors: Record<string, Tensor> = {};
      for (const [path, p] of Object.entries(params)) {
        const { slots } = spec.choose?.(path, params) ?? rules[0];
        for (const [slot, value] of Object.entries(slots)) tensors[`${path}.${slot}`] = constantLike(p, value, 'float32', p.shape);
      }
      return { tensors, json: { step: 0, counts: Object.fromEntries(Object.keys(params).map((path) => [path, 0])) } };
    },
    step<P extends Params>(input: OptimizerStep<P>) {
      checkOptions(`${where}.step`, input, ['params', 'grads', 'state', 'progress', 'gate', 'rates']);
      const { params, grads, state, progress, gate, rates } = input;
      const done = countsOf(where, state);
      const at = progress ?? { step: done.step, totalSteps: done.step + 1 };
      if (gate !== undefined && asTensor(where, 'gate', gate).size !== 1) fail('shape', `${where}: \`gate\` must have one element, received ${showShape(gate.shape)}.`);
      // Everything is checked before anything is consumed, so that an error leaves the parameters as they were.
      const updates = Object.entries(params).flatMap(([path, p]) => {
        const g = grads[path];
        if (g === undefined) return [];
        checkGradient(where, path, p, g);
        return [{ path, p, g, ...ruleOf(path, state.tensors), count: (done.counts[path] ?? 0) + 1, rates: checkRates(where, path, rates?.(path) ?? optimizer.rates(path, at)) }];
      });
      return scope(() => {
        const outParams: Record<string, Tensor> = { ...params };
        const outState: Record<string, Tensor> = { ...state.tensors };
        const counts = { ...done.counts };
        let open = gate;
        for (const { path, p, g, rule, slots, count, rates: { lr: rate, weightDecay: decay, decayKind } } of updates) {
          open ??= constantLike(p, 1);
          const coupledDecay = decayKind === 'coupled' ? decay : 0;
          const decoupledDecay = decayKind === 'decoupled' ? rate * decay : 0;
          const [next, ...nextSlots] = rule.apply({ p, g, slots, gate: open, count, lr: rate, coupledDecay, decoupledDecay, progress: at });
          if (next) outParams[path] = next;
          Object.keys(rule.slots).forEach((slot, i) => { const value = nextSlots[i]; if (value) outState[`${path}.${slot}`] = value; });
          counts[path] = count;
        }
        return { params: outParams as P, state: { tensors: outState, json: { step: done.step + 1, counts } } };
      });
    },
  };
  return optimizer;
}

/** What a state counts: calls of `step`, and updates of each parameter. */
interface Counts { readonly step: number; readonly counts: Readonly<Record<string, number>> }

function countsOf(where: string, state: OptimizerState): Counts {
  const json: unknown = state?.json;
  if (!isPlainObject(json) || !isPlainObject(json['counts'])) fail('state', `${where}: \`state\` must be one that \`init\` or \`step\` gave, received ${show(state)}.`);
  const { step, counts } = json;
  checkNumber(where, 'state.json.step', step, { min: 0, integer: true });
  for (const [path, count] of Object.entries(counts as Record<string, unknown>)) checkNumber(where, `state.json.counts["${path}"]`, count, { min: 0, integer: true });
  return json as unknown as Counts;
}

function checkGradient(where: string, path: string, p: Tensor, g: Tensor): void {
  asTensor(where, `params["${path}"]`, p);
  expectDType(where, `grads["${path}"]`, asTensor(where, `grads["${path}"]`, g), 'float32');
  if (!sameShape(g.shape, p.shape)) fail('shape', `${where}: the gradient of \`${path}\` must have shape ${showShape(p.shape)}, received ${showShape(g.shape)}.`);
}

/** Numbers were checked when they were given; a schedule shows what it comes to only here. */
function checkRates(where: string, path: string, rates: Rates): Rates {
  for (const name of ['lr', 'weightDecay'] as const) {
    if (!(rates[name] >= 0 && rates[name] < Infinity)) checkNumber(where, `${name} (scheduled) of ${path}`, rates[name], { min: 0 });
  }
  return rates;
}

function nonNegative(where: string, name: string, value: unknown): Schedule {
  const schedule = checkSchedule(where, name, value);
  if (typeof schedule === 'number') checkNumber(where, name, schedule, { min: 0 });
  return schedule;
}
