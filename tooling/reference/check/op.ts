/** Runs a case of an op or a loss: values, gradients, gradients of gradients. The format is in ../README.md. */
import { grad, ops, scope, type Tensor } from '@parsimony/core';
import { type FixtureArray, toTensor } from '@parsimony/testkit';
import { expect } from 'vitest';
import { mapValues, pick } from './arrays';
import { type Backend, expectFixture } from './backends';

type Arrays<T = FixtureArray> = Readonly<Record<string, T>>;
type Gradients = Arrays<FixtureArray | null>;

export interface OpCase {
  readonly name: string;
  readonly op: string;
  readonly inputs: Arrays;
  readonly options?: Options;
  readonly outputs: readonly FixtureArray[];
  readonly first?: { readonly cotangents: readonly (FixtureArray | null)[]; readonly grads: Gradients };
  readonly second?: { readonly directions: Arrays; readonly grads: Gradients; readonly cotangentGrads: readonly (FixtureArray | null)[] };
  readonly float32?: { readonly outputs: readonly FixtureArray[]; readonly grads?: Gradients };
}

// The one place where a fixture's options, which are JSON, meet typed signatures: adapters pass them on unseen.
// oxlint-disable-next-line typescript/no-explicit-any
export type Options = Readonly<Record<string, any>>;
export type Tensors = Readonly<Record<string, Tensor>>;
/** How our op is called with the inputs and options of a case. */
export type Adapter = (inputs: Tensors, options: Options) => Tensor | readonly Tensor[];

/** Asserts everything that a case states. */
export async function checkOpCase(testCase: OpCase, adapter: Adapter, backend: Backend): Promise<void> {
  const { inputs, options = {}, first, second } = testCase;
  const narrow = backend.precision === 'float32' ? testCase.float32 : undefined;
  const given = mapValues(inputs, toTensor);
  const run = (changed: Tensors): readonly Tensor[] => {
    const result = adapter({ ...given, ...changed }, options);
    return Array.isArray(result) ? result : [result as Tensor];
  };

  const outputs = scope(() => run({}));
  const expected = narrow?.outputs ?? testCase.outputs;
  expect(outputs.length, 'number of outputs').toBe(expected.length);
  for (const [i, y] of outputs.entries()) {
    expect(y.dtype, `type of output ${i}`).toBe(expected[i]?.dtype);
    await expectFixture(`output ${i}`, y, expected[i] ?? null, backend);
  }
  if (!first) return;

  const differentiated = pick(given, Object.keys(first.grads));
  const cotangents = first.cotangents.map((c) => c && toTensor(c));
  const weigh = (ys: readonly Tensor[], weights: readonly (Tensor | null)[]): Tensor =>
    total(ys.flatMap((y, i) => weights[i] ? [dot(y, weights[i])] : []));
  const gradient = (x: Tensors, weights: readonly (Tensor | null)[]): Tensors => grad((p: Tensors) => weigh(run(p), weights))(x);
  await expectAll('gradient of', gradient(differentiated, cotangents), narrow?.grads ?? first.grads, backend);
  if (!second) return;

  const directions = mapValues(second.directions, toTensor);
  const variables = { x: differentiated, c: Object.fromEntries(cotangents.flatMap((c, i) => c ? [[String(i), c]] : [])) };
  const higher = grad(({ x, c }: { x: Tensors; c: Tensors }) => {
    const grads = gradient(x, cotangents.map((_, i) => c[String(i)] ?? null));
    return total(Object.entries(directions).map(([name, d]) => dot(grads[name] as Tensor, d)));
  })(variables);
  await expectAll('second gradient of', higher.x, second.grads, backend);
  for (const [i, g] of Object.entries(higher.c)) await expectFixture(`second gradient of cotangent ${i}`, g, second.cotangentGrads[Number(i)] ?? null, backend);
}

async function expectAll(label: string, actual: Tensors, expected: Gradients, backend: Backend): Promise<void> {
  for (const [name, array] of Object.entries(expected)) await expectFixture(`${label} ${name}`, actual[name] as Tensor, array, backend);
}

const dot = (a: Tensor, b: Tensor): Tensor => ops.sum(ops.mul(a, b));
const total = (terms: readonly Tensor[]): Tensor => terms.reduce((a, b) => ops.add(a, b));
