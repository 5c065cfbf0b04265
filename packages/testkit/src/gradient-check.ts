/** Compares core's gradients with finite differences, in float64 on the reference executor. */
import { checkNumber, checkOptions, fail, grad, isTensor, ops, scope, type Tensor, tensor } from '@parsimony/core';
import { refuse } from './assertion';
import { indexOf } from './closeness';
import { sample } from './sample';

export interface GradientCheckOptions {
  /** 2 also checks the gradients of the gradients. Default 1. */
  readonly order?: 1 | 2;
  /** Step of the differences. Keep inputs further than 2 `eps` from kinks. Default 1e-4. */
  readonly eps?: number;
  /** |numeric - analytic| <= tolerance * (size of the terms). Default 1e-6. */
  readonly tolerance?: number;
  /** Random directions tried for each input. Default 2. */
  readonly directions?: number;
  /** Of the directions and of the weights of the outputs. Default 1. */
  readonly seed?: number;
}

export type GradientCheckResult = Tensor | readonly Tensor[];
type Inputs = Readonly<Record<string, Tensor>>;

/**
 * Checks d fn / d inputs, and with `order: 2` the gradient of that, for every float32 input. The outputs of `fn` are summed
 * with fixed random weights to L; along fixed random directions v of one input at a time,
 * (8 (L(x + hv) - L(x - hv)) - (L(x + 2hv) - L(x - 2hv))) / 12h must equal sum(grad v). Where it does not, each element is
 * tried to name the worst. `fn` must be deterministic; inputs and what it closes over must live on the reference executor.
 *
 * @throws an assertion error that names the order, the input, the element, and both values. backend: inputs of another executor.
 * @example
 * ```ts
 * import { ops, tensor } from '@parsimony/core';
 * import { gradientCheck, useReference } from '@parsimony/testkit';
 * await useReference();
 * await gradientCheck((x, y) => ops.mul(x, y), [tensor([1, 2]), tensor([3, 4])], { order: 2 });
 * await gradientCheck(({ x }) => ops.mul(x, x), { x: tensor([[1, 2]]) });
 * ```
 */
export async function gradientCheck(fn: (...inputs: Tensor[]) => GradientCheckResult, inputs: readonly Tensor[], options?: GradientCheckOptions): Promise<void>;
export async function gradientCheck<K extends string>(fn: (inputs: Readonly<Record<K, Tensor>>) => GradientCheckResult, inputs: Readonly<Record<K, Tensor>>, options?: GradientCheckOptions): Promise<void>;
export async function gradientCheck(fn: (...inputs: never[]) => GradientCheckResult, inputs: readonly Tensor[] | Inputs, options: GradientCheckOptions = {}): Promise<void> {
  checkOptions('gradientCheck', options, ['order', 'eps', 'tolerance', 'directions', 'seed']);
  const { order = 1, eps = 1e-4, tolerance = 1e-6, directions = 2, seed = 1 } = options;
  checkNumber('gradientCheck', 'order', order, { min: 1, max: 2, integer: true });
  checkNumber('gradientCheck', 'eps', eps, { min: 0, minExclusive: true });
  checkNumber('gradientCheck', 'tolerance', tolerance, { min: 0 });
  checkNumber('gradientCheck', 'directions', directions, { min: 1, integer: true });
  const list = Array.isArray(inputs);
  const all: Inputs = list ? Object.fromEntries(inputs.map((x: Tensor, i) => [String(i), x])) : inputs as Inputs;
  for (const [name, x] of Object.entries(all)) {
    if (!isTensor(x) || x.executor.name !== 'reference') {
      fail('backend', `gradientCheck: input \`${name}\` must be a tensor of the reference executor. \`await useReference()\` before making it.`);
    }
  }
  const call = fn as (...args: unknown[]) => GradientCheckResult;
  const evaluate = (given: Inputs): GradientCheckResult => (list ? call(...Object.values(given)) : call(given));
  const differentiated = Object.fromEntries(Object.entries(all).filter(([, x]) => x.dtype === 'float32'));

  const loss = (given: Inputs): Tensor => weightedSum(evaluate({ ...all, ...given }), seed);
  await compare({ loss, inputs: differentiated, label: 'first', eps, tolerance, directions, seed });
  if (order === 1) return;
  const slope = (given: Inputs): Tensor => weightedSum(Object.values(grad(loss)(given)), seed + 1000);
  await compare({ loss: slope, inputs: differentiated, label: 'second', eps, tolerance, directions, seed: seed + 2000 });
}

interface Comparison {
  readonly loss: (inputs: Inputs) => Tensor;
  readonly inputs: Inputs;
  readonly label: string;
  readonly eps: number;
  readonly tolerance: number;
  readonly directions: number;
  readonly seed: number;
}

async function compare({ loss, inputs, label, eps, tolerance, directions, seed }: Comparison): Promise<void> {
  const grads = grad(loss)(inputs);
  const analytic = new Map<string, ArrayLike<number>>();
  for (const [name, g] of Object.entries(grads)) analytic.set(name, await g.data());
  for (const g of Object.values(grads)) g.dispose();

  for (const [k, [name, x]] of Object.entries(inputs).entries()) {
    const base = await x.data();
    const g = analytic.get(name) ?? [];
    // The loss at x + step v, in the input `name` alone.
    const along = async (v: ArrayLike<number>, step: number): Promise<number> => {
      const value = scope(() => loss({ ...inputs, [name]: tensor(Float64Array.from(base, (b, i) => b + step * (v[i] ?? 0)), x.shape) }));
      const result = await value.item();
      value.dispose();
      return result;
    };
    const slopeAlong: SlopeAlong = async (v) => {
      const [far, near, nearer, farther] = [await along(v, -2 * eps), await along(v, -eps), await along(v, eps), await along(v, 2 * eps)];
      return { slope: (8 * (nearer - near) - (farther - far)) / (12 * eps), size: Math.max(Math.abs(near), Math.abs(nearer)) };
    };

    for (let d = 0; d < directions; d++) {
      const v = sample(x.size, { seed: seed + 31 * k + 7 * d });
      const { slope, size } = await slopeAlong(v);
      const terms = Float64Array.from(v, (a, i) => a * (g[i] ?? NaN));
      const received = terms.reduce((a, b) => a + b, 0);
      // Cancellation in the sum must not tighten the tolerance, and differences of L carry its rounding, 1e-16 |L| / eps.
      const scale = Math.max(Math.abs(slope), Math.hypot(...terms));
      if (Math.abs(slope - received) <= tolerance * scale + (1e-13 / eps) * size) continue;
      refuse(`gradientCheck: ${label} derivative in input \`${name}\` of shape [${x.shape.join(', ')}]: along direction ${d} differences give ${slope}, the gradient gives ${received}. ${await worstElement(x, g, slopeAlong)}`);
    }
  }
}

/** The slope of the loss along a direction, and the size of the loss. */
type SlopeAlong = (v: ArrayLike<number>) => Promise<{ readonly slope: number; readonly size: number }>;

/** Tries every element, which takes long only where the check has failed anyway. */
async function worstElement(x: Tensor, analytic: ArrayLike<number>, slopeAlong: SlopeAlong): Promise<string> {
  const tried = Math.min(x.size, 2000);
  let worst = { at: 0, distance: -1, numeric: NaN };
  for (let i = 0; i < tried; i++) {
    const unit = new Float64Array(x.size);
    unit[i] = 1;
    const { slope: numeric } = await slopeAlong(unit);
    const distance = Math.abs(numeric - (analytic[i] ?? NaN));
    if (!(distance <= worst.distance)) worst = { at: i, distance, numeric };
    if (Number.isNaN(distance)) break;
  }
  return `Worst element [${indexOf(worst.at, x.shape).join(', ')}]${tried < x.size ? ` of the first ${tried}` : ''}: differences give ${worst.numeric}, the gradient gives ${analytic[worst.at] ?? NaN}.`;
}

/** sum over outputs and elements of weight * value, with fixed weights; outputs that are not float32 say nothing. */
function weightedSum(result: GradientCheckResult, seed: number): Tensor {
  const outputs = (isTensor(result) ? [result] : result).filter((y) => y.dtype === 'float32');
  const sums = outputs.map((y, i) => ops.sum(ops.mul(y, tensor(sample(y.size, { seed: seed + 17 * i, low: 0.5, high: 1.5 }), y.shape))));
  return sums.reduce((a, b) => ops.add(a, b), tensor(0));
}
