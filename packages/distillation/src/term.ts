/** What the losses of a distillation share: how each is described, checked and given what it needs. */
import { checkNumber, fail, type Json, type Loss, type nn, type Schedule, show, strength, type Strength, type Target, type Tensor } from '@parsimony/core';

export interface WeightOptions {
  /** Factor of the loss, 0 or more: a number or a schedule of the step. */
  readonly weight?: Schedule;
}
/** Whose features: paths of modules, '' for the outputs. */
export interface LayerOptions extends WeightOptions {
  /** Path of a module of the model that is trained, as in its state dict. Required. */
  readonly student: string;
  /** Path of a module of the teacher. Required. */
  readonly teacher: string;
  /** Of several teachers, the number of the one that is looked into, from 0. Default 0. */
  readonly from?: number;
}

/** @internal What a loss is given of a microbatch. */
export interface Given {
  /** Strengths are asked here. */
  readonly at: (schedule: Schedule) => number;
  readonly outputs: Tensor;
  readonly target: Target;
  readonly classAxis: number;
  /** The teacher's scores, or those of several as one at this temperature. */
  scores(temperature: number): Tensor;
  student: Tensor;
  teacher: Tensor;
}
/** @internal */
export interface Layers { readonly student: string; readonly teacher: string; readonly from: number }
/** @internal */
export interface Term {
  readonly name: string;
  readonly weight: Strength;
  /** As a checkpoint records it. */
  readonly options: Readonly<Record<string, Json>>;
  /** Depends on the whole batch. */
  readonly perBatch?: boolean;
  /** Asks for class labels that are not mixed. */
  readonly needsLabels?: boolean;
  /** Asks for features; without it, for scores. */
  readonly layers?: Layers;
  readonly regressor?: nn.Module | undefined;
  loss(given: Given): Loss;
}
/** @internal Checks options without `name` and makes the term. */
export type MakeTerm = (where: string, options: Readonly<Record<string, unknown>>) => Term;

/** @internal */
export const layerOptions = ['student', 'teacher', 'from', 'weight'] as const;

/** @internal */
export function checkLayers(where: string, { student, teacher, from }: Readonly<Record<string, unknown>>): Layers {
  for (const [name, path] of Object.entries({ student, teacher })) {
    if (typeof path !== 'string') fail('option', `${where}: \`${name}\` must be the path of a module, such as '2' or 'layers.0', or '' for the outputs, received ${show(path)}.`);
  }
  return { student: student as string, teacher: teacher as string, from: checkNumber(where, 'from', from ?? 0, { min: 0, integer: true }) };
}

/** @internal */
export const checkWeight = (where: string, weight: unknown, byDefault: number): Strength => strength(where, 'weight', weight ?? byDefault, { min: 0 });
/** @internal Strengths of 0 or more, by name, with their defaults. */
export const checkFactors = <N extends string>(where: string, options: Readonly<Record<string, unknown>>, defaults: Readonly<Record<N, number>>): Readonly<Record<N, Strength>> =>
  Object.fromEntries(Object.entries<number>(defaults).map(([name, value]) => [name, strength(where, name, options[name] ?? value, { min: 0 })])) as Record<N, Strength>;
/** @internal */
export const checkTemperature = (where: string, temperature: unknown, byDefault: number): Strength => strength(where, 'temperature', temperature ?? byDefault, { min: 0, minExclusive: true });
/** @internal What is recorded of strengths. */
export const recorded = (strengths: Readonly<Record<string, Strength>>): Readonly<Record<string, Json>> => Object.fromEntries(Object.entries(strengths).map(([name, { schedule }]) => [name, schedule as unknown as Json]));
