/** What a module keeps of parametrized weights: under which name the raw one is stored, the functions on it, and what they need beside it. */
import { fail, show } from '../errors';
import { checkFunction } from '../options';
import { foldIn, type RngKey } from '../random/key';
import type { DType } from '../tensor/dtype';
import { scope } from '../tensor/scope';
import type { Shape } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import type { ForwardContext, Params } from '../types';

/** Host values of a fresh parameter, drawn from its key. */
export type Initializer = (shape: Shape, key: RngKey) => ArrayLike<number>;

/** A parametrization: the weight that `compute` sees, from the raw one. `own` gives what was declared beside it, in this pass. */
export type Parametrization = (raw: Tensor, ctx: ForwardContext, own: (name: string) => Tensor) => Tensor;

export interface ParametrizeOptions {
  /** Name of the raw weight in its module, and so in the state, from now on: `weight_v`. Default: its own. */
  readonly rawName?: string;
  /** Shapes of further parameters of the module, by name. They stand before the raw weight in the state. */
  readonly parameters?: Readonly<Record<string, Shape>>;
  /** Shapes of further float32 buffers of the module, by name. */
  readonly buffers?: Readonly<Record<string, Shape>>;
  /** First values of these, from that of the raw weight; may give the raw weight another one, under its name. Needed where there are any. */
  readonly initial?: (raw: Tensor, key: RngKey) => Params;
}

/** @internal Without an initializer the first value comes of a parametrization. `drawnAs`: the name that its key is made of. */
export interface ParameterSpec { readonly shape: Shape; readonly initializer?: Initializer; readonly drawnAs?: string }
/** @internal */
export interface BufferSpec { readonly shape: Shape; readonly value: number; readonly dtype: DType; readonly derived?: boolean }

interface First { readonly names: readonly string[]; readonly make: NonNullable<ParametrizeOptions['initial']> }
/** @internal */
export interface ParametrizedWeight { readonly stored: string; readonly fns: readonly Parametrization[]; readonly firsts: readonly First[] }

/** @internal A module's tables. */
export interface WeightTables {
  /** For messages: class and path. */
  readonly label: string;
  readonly path: string;
  readonly parameters: Map<string, ParameterSpec>;
  readonly buffers: Map<string, BufferSpec>;
  readonly values: Map<string, Tensor>;
  readonly parametrized: Map<string, ParametrizedWeight>;
  replace(name: string, value: Tensor): void;
}

/** @internal Gives what takes the function off again. */
export function attachParametrization(own: WeightTables, name: string, fn: Parametrization, options: ParametrizeOptions): () => void {
  const { parameters = {}, buffers = {}, initial } = options;
  const [whose] = [...own.parametrized].find(([other, { stored, firsts }]) => other !== name && (stored === name || firsts.some(({ names }) => names.includes(name)))) ?? [];
  if (whose !== undefined) fail('option', `parametrize: \`${name}\` of ${own.label} is part of the parametrization of \`${whose}\`. Parametrize \`${whose}\`.`);
  const before = own.parametrized.get(name);
  const from = before?.stored ?? name;
  const to = options.rawName ?? from;
  const spec = own.parameters.get(from);
  if (!spec) fail('option', `parametrize: ${own.label} has no parameter \`${name}\`; it has: ${[...own.parameters.keys()].join(', ') || 'none'}.`);
  if (to !== from && from !== name) fail('option', `parametrize: \`${name}\` of ${own.label} is kept as \`${from}\` already, by an earlier parametrization.`);
  const names = [...Object.keys(parameters), ...Object.keys(buffers)];
  for (const added of to === from ? names : [...names, to]) {
    if (own.parameters.has(added) || own.buffers.has(added)) fail('option', `parametrize: ${own.label} has \`${added}\` already.`);
  }
  if (names.length > 0) checkFunction('parametrize', 'initial', initial);
  for (const [added, shape] of Object.entries(parameters)) own.parameters.set(added, { shape });
  for (const [added, shape] of Object.entries(buffers)) own.buffers.set(added, { shape, value: 0, dtype: 'float32', derived: true });
  rename(own, from, to, { drawnAs: name, ...spec });
  const first = initial ? [{ names, make: initial }] : [];
  own.parametrized.set(name, { stored: to, fns: [...(before?.fns ?? []), fn], firsts: [...(before?.firsts ?? []), ...first] });
  return () => {
    if (names.length > 0 || to !== from || initial) fail('state', `parametrize: what was put on \`${name}\` of ${own.label} keeps weights of its own. \`nn.removeParametrizations\` takes it off.`);
    const now = own.parametrized.get(name);
    if (!now?.fns.includes(fn)) return;
    const fns = now.fns.filter((other) => other !== fn);
    if (fns.length === 0 && now.firsts.length === 0 && now.stored === name) own.parametrized.delete(name);
    else own.parametrized.set(name, { ...now, fns });
  };
}

/** @internal First values of what parametrizations need, where they lack them and the raw weight has one. */
export function deriveFirstValues(own: WeightTables, key: RngKey): void {
  for (const [name, { stored, firsts }] of own.parametrized) {
    for (const [i, { names, make }] of firsts.entries()) {
      const raw = own.values.get(stored);
      if (!raw || (names.length > 0 && names.every((n) => own.values.has(n)))) continue;
      const made = scope(() => make(raw, foldIn(key, `${own.path}:${name}:${i}`)));
      for (const n of names) if (!made[n]) fail('option', `parametrize: \`initial\` of \`${name}\` must give \`${n}\`, received ${show(Object.keys(made))}.`);
      for (const [n, value] of Object.entries(made)) own.replace(n, value);
    }
  }
}

/** @internal The weight becomes an ordinary one again, with `value` for its own. */
export function detachParametrizations(own: WeightTables, name: string, value: Tensor | undefined): void {
  const now = own.parametrized.get(name);
  if (!now) fail('option', `removeParametrizations: \`${name}\` of ${own.label} is not parametrized; what is: ${[...own.parametrized.keys()].join(', ') || 'nothing'}.`);
  for (const added of now.firsts.flatMap(({ names }) => names)) {
    own.parameters.delete(added);
    own.buffers.delete(added);
    own.values.get(added)?.dispose();
    own.values.delete(added);
  }
  const spec = own.parameters.get(now.stored);
  if (spec) rename(own, now.stored, name, spec);
  if (value) own.replace(name, value);
  own.parametrized.delete(name);
}

function rename(own: WeightTables, from: string, to: string, spec: ParameterSpec): void {
  if (from === to) return;
  own.parameters.delete(from);
  own.parameters.set(to, spec);
  const value = own.values.get(from);
  if (!value) return;
  own.values.delete(from);
  own.values.set(to, value);
}
