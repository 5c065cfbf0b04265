/** ConcreteDropout: a layer whose inputs are dropped at a rate that is learned with its weights. */
import {
  checkChoice, checkNumber, checkOptions, fail, type ForwardContext, isTensor, nn, ops, random, type RngKey, type Scalar, type Schedule, show, showShape, type Strength,
  strength, type Tensor, tensor,
} from '@parsimony/core';
import { expectTensor } from './mask';

/** What is dropped as a whole: elements, or channels of [N, C, ...]. */
export type ConcreteUnit = 'element' | 'channel';
const units = ['element', 'channel'] as const;
/** Float32 tells 1 - p from 1 down to here. */
const rates = { min: 1e-6, max: 1 - 1e-6 } as const;

export interface ConcreteDropoutCall {
  readonly key: RngKey;
  /** t, above 0: the smaller, the closer the mask is to zeros and ones. Default 0.1. */
  readonly temperature?: number;
  /** Default `'element'`. */
  readonly unit?: ConcreteUnit;
}

/**
 * y = x (1 - z) / (1 - p), with z = sigmoid((log p - log(1 - p) + log u - log(1 - u)) / t) and u uniform in (0, 1): dropout with masks
 * between zeros and ones, through which the gradient reaches p.
 *
 * @param x - [N, ...], float32.
 * @param pLogit - log p - log(1 - p): one element.
 * @throws option: a `temperature` that is not above 0, an unknown option, or no key. shape: `pLogit` of several elements.
 * @see Gal, Hron and Kendall, "Concrete Dropout", arXiv:1705.07832.
 * @example
 * ```ts
 * import { ones, random, ready, tensor } from '@parsimony/core';
 * import { concreteDropout } from '@parsimony/dropout';
 * await ready();
 * const y = concreteDropout(ones([1000]), tensor([0]), { key: random.key(1) });
 * (await y.data()).every((v) => v >= 0 && v <= 2); // => true
 * ```
 */
export function concreteDropout(x: Tensor, pLogit: Tensor, options: ConcreteDropoutCall): Tensor {
  const where = 'concreteDropout';
  checkOptions(where, options, ['key', 'temperature', 'unit']);
  const { temperature = 0.1, unit = 'element' } = options;
  checkNumber(where, 'temperature', temperature, { min: 0, minExclusive: true });
  checkChoice(where, 'unit', unit, units);
  if (expectTensor(where, x).rank === 0) fail('shape', `${where}: \`x\` must be [N, ...], received ${showShape(x.shape)}.`);
  if (!isTensor(pLogit) || pLogit.size !== 1) fail('shape', `${where}: \`pLogit\` must have one element, received ${isTensor(pLogit) ? showShape(pLogit.shape) : show(pLogit)}.`);
  return underNoise(x, pLogit, temperature, logisticNoise(x, unit, options.key));
}

/** log u - log(1 - u), one for each unit of x. The paper's code keeps u away from 0 and 1 by 1e-7. */
function logisticNoise(x: Tensor, unit: ConcreteUnit, key: RngKey): Tensor {
  const shape = unit === 'element' ? x.shape : x.shape.map((n, axis) => (axis < 2 ? n : 1));
  const u = random.uniform(key, shape.reduce((a, b) => a * b, 1));
  return tensor(u.map((v) => Math.log(v + 1e-7) - Math.log(1 - v + 1e-7)), shape);
}

/** 1 - z is a sigmoid too, and so is 1 - p. */
function underNoise(x: Tensor, pLogit: Tensor, temperature: number, noise: Tensor): Tensor {
  const logit = ops.reshape(pLogit, []);
  const mask = ops.sigmoid(ops.div(ops.neg(ops.add(noise, logit)), temperature));
  return ops.mul(x, ops.div(mask, ops.sigmoid(ops.neg(logit))));
}

/**
 * The two terms that keep p from falling to 0, without their factors: of the weights, sum |W|^2 / (1 - p), and of the rate,
 * K (p log p + (1 - p) log(1 - p)), which is least at p = 1/2.
 *
 * @param pLogit - log p - log(1 - p): one element.
 * @param weights - Those of the layer, W.
 * @param inputs - K: how many units of a sample are dropped or not; whole, 0 or more.
 * @throws dtype: what is no float32 tensor. option: no weights, or another K.
 * @see Gal, Hron and Kendall, arXiv:1705.07832, equations 3 and 4, for inputs scaled by 1 / (1 - p).
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { concreteRegularizers } from '@parsimony/dropout';
 * await ready();
 * const { weight, dropout } = concreteRegularizers(tensor([0]), [tensor([[1, 2]])], 3);
 * await weight.item(); // => 10
 * await dropout.item(); // => -3 * Math.LN2
 * ```
 */
export function concreteRegularizers(pLogit: Tensor, weights: readonly Tensor[], inputs: number): { readonly weight: Scalar; readonly dropout: Scalar } {
  const where = 'concreteRegularizers';
  expectTensor(where, pLogit, 'pLogit');
  if (!Array.isArray(weights) || weights.length === 0) fail('option', `${where}: \`weights\` must be a list of at least one tensor, received ${show(weights)}.`);
  (weights as readonly unknown[]).forEach((w, i) => expectTensor(where, w, `weights[${i}]`));
  checkNumber(where, 'inputs', inputs, { min: 0, integer: true });
  const logit = ops.reshape(pLogit, []);
  const squares = weights.map((w) => ops.sum(ops.square(w))).reduce((a, b) => ops.add(a, b));
  // log p and log(1 - p) as log-sigmoids: no rate is too small for them.
  const [logP, logKeep] = [ops.logSigmoid(logit), ops.logSigmoid(ops.neg(logit))];
  const negativeEntropy = ops.add(ops.mul(ops.exp(logP), logP), ops.mul(ops.exp(logKeep), logKeep));
  return { weight: ops.div(squares, ops.exp(logKeep)) as Scalar, dropout: ops.mul(negativeEntropy, inputs) as Scalar };
}

export interface ConcreteDropoutOptions {
  /** Factor of sum |W|^2 / (1 - p), 0 or more: a number or a schedule of the step. Default 1e-6. `concreteDropoutTerms` derives it from the data. */
  readonly weightRegularizer?: Schedule;
  /** Factor of K (p log p + (1 - p) log(1 - p)), 0 or more: a number or a schedule of the step. Default 1e-5. */
  readonly dropoutRegularizer?: Schedule;
  /** p begins uniformly between this, in (0, 1), … Default 0.1. */
  readonly initMin?: number;
  /** … and this, in [initMin, 1). Default 0.1. */
  readonly initMax?: number;
  /** t, above 0. Default 0.1. */
  readonly temperature?: number;
  /** What is dropped as a whole. For convolutions `'channel'`, with a temperature of 2/3 in the paper's code. Default `'element'`. */
  readonly unit?: ConcreteUnit;
}

/**
 * A layer behind dropout with a learned rate: y = layer(concreteDropout(x)) in training, where the two regularizers are added to the
 * loss (`ctx.addLoss`; the Trainer takes them, a loop of one's own finds them in `pass.lossTerms`); layer(x) in evaluation.
 *
 * State: `p_logit` [1], and the layer's under `layer`.
 *
 * @throws option: something that is no module, a layer without weights, an unknown option or one out of range.
 * @see Gal, Hron and Kendall, "Concrete Dropout", arXiv:1705.07832; the defaults are those of its code.
 * @example
 * ```ts
 * import { nn, ones, random, ready, training } from '@parsimony/core';
 * import { ConcreteDropout } from '@parsimony/dropout';
 * await ready();
 * const layer = new ConcreteDropout(new nn.Linear(4, 2)).init(random.key(0));
 * Object.keys(layer.stateDict()); // => ['p_logit', 'layer.weight', 'layer.bias']
 * await layer.rate().item(); // => 0.1
 * const pass = training({ key: random.key(1) });
 * layer.forward(ones([3, 4]), pass).shape; // => [3, 2]
 * pass.lossTerms.map(({ name }) => name); // => ['concreteDropout.weight', 'concreteDropout.dropout']
 * ```
 */
export class ConcreteDropout<O = Tensor> extends nn.Module<Tensor, O> {
  readonly layer: nn.Module<Tensor, O>;
  readonly temperature: number;
  readonly unit: ConcreteUnit;
  override readonly traits: nn.ModuleTraits;
  #weight: Strength;
  #dropout: Strength;

  constructor(layer: nn.Module<Tensor, O>, options: ConcreteDropoutOptions = {}) {
    super();
    const where = 'ConcreteDropout';
    checkOptions(where, options, ['weightRegularizer', 'dropoutRegularizer', 'initMin', 'initMax', 'temperature', 'unit']);
    const { weightRegularizer = 1e-6, dropoutRegularizer = 1e-5, temperature = 0.1, unit = 'element' } = options;
    if (!nn.isModule(layer)) fail('option', `${where}: the layer must be a module, received ${show(layer)}.`);
    this.layer = layer;
    this.#weight = factor('weightRegularizer', weightRegularizer);
    this.#dropout = factor('dropoutRegularizer', dropoutRegularizer);
    const { initMin = Math.min(0.1, options.initMax ?? 0.1) } = options;
    const low = checkNumber(where, 'initMin', initMin, rates);
    const { initMax = Math.max(0.1, low) } = options;
    const high = checkNumber(where, 'initMax', initMax, { ...rates, min: low });
    this.temperature = checkNumber(where, 'temperature', temperature, { min: 0, minExclusive: true });
    this.unit = checkChoice(where, 'unit', unit, units);
    if (this.#weightNames().length === 0) fail('option', `${where}: ${layer.constructor.name} has no weights of two axes or more, by whose size p is learned. Put ConcreteDropout around the layer that reads the dropped inputs.`);
    this.traits = { flow: 'sequential', drops: { unit: this.unit, p: (low + high) / 2 } };
    const logit = (p: number): number => Math.log(p / (1 - p));
    this.parameter('p_logit', [1], (_, key) => [logit(low) + (logit(high) - logit(low)) * (random.uniform(key, 1)[0] ?? 0)]);
  }

  /** Factors of the two terms. They may be set, from the next forward on. */
  get weightRegularizer(): Schedule { return this.#weight.schedule; }
  set weightRegularizer(value: Schedule) { this.#weight = factor('weightRegularizer', value); }
  get dropoutRegularizer(): Schedule { return this.#dropout.schedule; }
  set dropoutRegularizer(value: Schedule) { this.#dropout = factor('dropoutRegularizer', value); }

  /** p as it is now, or under other weights: one element, [1]. */
  rate(weights?: { readonly params: Readonly<Record<string, Tensor>> }): Tensor {
    return ops.sigmoid(weights?.params[this.path === '' ? 'p_logit' : `${this.path}.p_logit`] ?? this.effective('p_logit'));
  }

  /** log u - log(1 - u) of a pass. */
  protected noise(x: Tensor, ctx: ForwardContext): Tensor { return logisticNoise(x, this.unit, ctx.key()); }

  protected compute(x: Tensor, ctx: ForwardContext): O {
    if (ctx.mode !== 'train') return this.layer.forward(x, ctx);
    expectTensor('ConcreteDropout', x);
    const logit = this.param('p_logit', ctx);
    this.#addTerms(x, logit, ctx);
    return this.layer.forward(underNoise(x, logit, this.temperature, this.noise(x, ctx)), ctx);
  }

  #addTerms(x: Tensor, logit: Tensor, ctx: ForwardContext): void {
    const factors = { weight: this.#weight.at(ctx), dropout: this.#dropout.at(ctx) };
    if (factors.weight === 0 && factors.dropout === 0) return;
    const inputs = this.unit === 'channel' ? x.shape[1] ?? 1 : x.shape.slice(1).reduce((a, b) => a * b, 1);
    const own = this.layer.parameters();
    const weights = this.#weightNames().map((name) => ctx.weights.params[`${this.layer.path}.${name}`] ?? own[name])
      .filter((w): w is Tensor => w !== undefined);
    const terms = concreteRegularizers(logit, weights, inputs);
    for (const name of ['weight', 'dropout'] as const) {
      if (factors[name] > 0) ctx.addLoss({ name: `${this.path === '' ? '' : `${this.path}:`}concreteDropout.${name}`, loss: terms[name], weight: factors[name] });
    }
  }

  #weightNames(): string[] {
    return Object.entries(this.layer.parameterShapes()).flatMap(([name, shape]) => (shape.length > 1 ? [name] : []));
  }
}

const factor = (name: string, value: Schedule): Strength => strength('ConcreteDropout', name, value, { min: 0 });
