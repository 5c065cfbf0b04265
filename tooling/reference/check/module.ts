/** Runs a case of a module: loads PyTorch's state dict, compares outputs, gradients and buffers. */
import { grad, inference, keep, type nn, ops, random, scope, type Tensor, training } from '@parsimony/core';
import { type FixtureArray, toTensor } from '@parsimony/testkit';
import { expect } from 'vitest';
import { mapValues, pick } from './arrays';
import { type Backend, expectFixture } from './backends';
import type { Options, Tensors } from './op';

type Arrays<T = FixtureArray> = Readonly<Record<string, T>>;

/** A module of a case: itself, or one inside a Sequential. */
export interface ModuleSpec {
  readonly module: string;
  readonly options?: Options;
  readonly layers?: readonly ModuleSpec[];
}

export interface ModuleCase extends ModuleSpec {
  readonly name: string;
  readonly inputs: Arrays;
  /** Options of the forward. */
  readonly call?: Options;
  readonly training?: boolean;
  readonly stateDict: Arrays;
  readonly stateDictAfter?: Arrays;
  readonly outputs: readonly FixtureArray[];
  readonly first: {
    readonly cotangents: readonly (FixtureArray | null)[];
    readonly grads: Arrays<FixtureArray | null>;
    readonly paramGrads: Arrays<FixtureArray | null>;
  };
}

type AnyModule = nn.Module<never, unknown>;
type Context = ReturnType<typeof inference>;
/** Calls the module with the inputs of a case. */
export type Forward = (module: AnyModule, inputs: Tensors, ctx: Context, call: Options) => Tensor | readonly Tensor[];

const single: Forward = (module, { x }, ctx) => (module as unknown as nn.Module).forward(x as Tensor, ctx);

/** Asserts everything that a case states of a module. */
export async function checkModuleCase(testCase: ModuleCase, build: (spec: ModuleSpec) => AnyModule, backend: Backend, forward: Forward = single): Promise<void> {
  const { inputs, stateDict, stateDictAfter, outputs, first, call = {} } = testCase;
  const module = build(testCase);
  module.loadStateDict(mapValues(stateDict, toTensor));
  expect(Object.keys(module.stateDict()), 'names and order of the state dict').toEqual(Object.keys(stateDict));

  const given = mapValues(inputs, (array) => keep(toTensor(array)));
  const run = (x: Tensors, params: Tensors): { readonly pass: Context; readonly ys: readonly Tensor[] } => {
    const weights = { params, buffers: {} };
    const pass = testCase.training ? training({ key: random.key(0), weights }) : inference({ weights });
    const result = forward(module, { ...given, ...x }, pass, call);
    return { pass, ys: Array.isArray(result) ? result : [result as Tensor] };
  };

  const { ys } = scope(() => run({}, {}));
  expect(ys.length, 'number of outputs').toBe(outputs.length);
  for (const [i, y] of ys.entries()) await expectFixture(`output ${i}`, y, outputs[i] ?? null, backend);

  const cotangents = first.cotangents.map((c) => c && keep(toTensor(c)));
  const variables = { x: pick(given, Object.keys(first.grads)), params: module.parameters() };
  const grads = grad((p: { x: Tensors; params: Tensors }) => run(p.x, p.params).ys
    .flatMap((y, i) => cotangents[i] ? [ops.sum(ops.mul(y, cotangents[i]))] : [])
    .reduce((a, b) => ops.add(a, b)))(variables);
  for (const [name, g] of Object.entries(first.grads)) await expectFixture(`gradient of ${name}`, grads.x[name] as Tensor, g, backend);
  for (const [name, g] of Object.entries(first.paramGrads)) await expectFixture(`gradient of ${name}`, grads.params[name] as Tensor, g, backend);

  if (!stateDictAfter) return;
  const { pass } = scope(() => run({}, {}));
  module.commit(pass);
  for (const [name, value] of Object.entries(stateDictAfter)) await expectFixture(`${name} afterwards`, module.stateDict()[name] as Tensor, value, backend);
}
