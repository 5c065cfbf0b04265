/** Monte Carlo dropout: what a model with dropout is unsure of, from several passes with masks. */
import {
  checkChoice, checkNumber, checkOptions, fail, inference, type Inputs, isTensor, nn, noGrad, ops, type Outputs, random, type RngKey, scalar, type Schedule, scope, show, showShape,
  type Tensor, type Weights,
} from '@parsimony/core';
import { drawsAtRandom } from './drawing-modules';

/** What a model puts out: scores before softmax, probabilities, or numbers. */
export type OutputKind = 'logits' | 'probabilities' | 'values';

export interface McDropoutOptions {
  readonly key: RngKey;
  /** T: passes, 1 or more. Default 30. */
  readonly samples?: number;
  /** What the model puts out. Default `'logits'`. */
  readonly outputs?: OutputKind;
  /** Rows of the inputs at a time; memory grows with it, not with T. Default 256. */
  readonly batchSize?: number;
  /** Where the classes stand: 1 for [N, C, ...], -1 for [..., C]. Default 1. */
  readonly classAxis?: number;
  /** Weights in place of the model's own, such as an average. */
  readonly weights?: Weights;
  /** Where rates that follow a schedule are read. Required where there are any. */
  readonly at?: { readonly step: number; readonly totalSteps: number };
}

/** Of the probabilities (with `'values'`, of the outputs), in their shape. */
export interface McDropoutMoments {
  /** 1/T sum_t p_t. */
  readonly mean: Tensor;
  /** 1/T sum_t (p_t - mean)^2. */
  readonly variance: Tensor;
}

/** One number a target: the outputs' shape without the classes. In nats. */
export interface McDropoutResult extends McDropoutMoments {
  /** H(mean) = -sum_c mean_c log mean_c: what the model does not know, for whatever reason. */
  readonly entropy: Tensor;
  /** H(mean) - 1/T sum_t H(p_t), 0 or more: how far the passes disagree, which more data could settle. */
  readonly mutualInformation: Tensor;
}

/**
 * T passes in evaluation in which only the layers that drop or draw (all of this package, and the dropout inside core's recurrent
 * layers, attention and transformers) run as in training: norms use their running statistics and change nothing. Pass t draws by the
 * key and t alone, apart for each `batchSize` rows. The result is the caller's; nothing has a gradient.
 *
 * @param model - With weights: trained, or `init`ialized.
 * @param x - Inputs [N, ...], or several of them by name, split along their first axis.
 * @throws option: a model without dropout, a scheduled rate without `at`, an unknown option or one out of range. shape: inputs of
 * different N. dtype: outputs that are no tensor.
 * @see Gal and Ghahramani, "Dropout as a Bayesian Approximation", arXiv:1506.02142; the decomposition is Houlsby et al.'s, arXiv:1112.5745.
 * @example
 * ```ts
 * import { nn, ones, random, ready } from '@parsimony/core';
 * import { Dropout, mcDropout } from '@parsimony/dropout';
 * await ready();
 * const model = new nn.Sequential(new nn.Linear(4, 16), new nn.ReLU(), new Dropout({ p: 0.5 }), new nn.Linear(16, 3)).init(random.key(0));
 * const { mean, variance, entropy, mutualInformation } = mcDropout(model, ones([5, 4]), { samples: 20, key: random.key(1) });
 * [mean.shape, variance.shape, entropy.shape, mutualInformation.shape]; // => [[5, 3], [5, 3], [5], [5]]
 * mcDropout(new nn.Linear(4, 3), ones([5, 4]), { key: random.key(1) }); // throws mcDropout: no module of the model drops or draws
 * ```
 */
export function mcDropout(model: nn.Module | nn.Module<Inputs, Outputs>, x: Inputs, options: McDropoutOptions & { readonly outputs: 'values' }): McDropoutMoments;
export function mcDropout(model: nn.Module | nn.Module<Inputs, Outputs>, x: Inputs, options: McDropoutOptions): McDropoutResult;
export function mcDropout(model: nn.Module | nn.Module<Inputs, Outputs>, x: Inputs, options: McDropoutOptions): McDropoutMoments | McDropoutResult {
  const where = 'mcDropout';
  checkOptions(where, options, ['key', 'samples', 'outputs', 'batchSize', 'classAxis', 'weights', 'at']);
  const { samples = 30, batchSize = 256, outputs = 'logits', classAxis = 1 } = options;
  if (!nn.isModule(model)) fail('option', `${where}: the first argument must be a module, received ${show(model)}.`);
  checkNumber(where, 'samples', samples, { min: 1, integer: true });
  checkNumber(where, 'batchSize', batchSize, { min: 1, integer: true });
  const kind = checkChoice(where, 'outputs', outputs, ['logits', 'probabilities', 'values']);
  checkNumber(where, 'classAxis', classAxis, { integer: true });
  const { weights } = options;
  if (weights !== undefined) checkWeights(where, weights);
  const sampling = drawsAtRandom(model);
  if (sampling.length === 0) fail('option', `${where}: no module of the model drops or draws, so all passes would be the same. \`applyDropout\` adds dropout.`);
  const place = placeOf(model, sampling, options.at);
  const rows = rowsOf(x);
  const starts = Array.from({ length: Math.max(1, Math.ceil(rows / batchSize)) }, (_, i) => i * batchSize);

  const statistics = (start: number, i: number): Record<string, Tensor> => {
    const part = starts.length === 1 ? x : rowsFrom(x, start, Math.min(rows, start + batchSize));
    const key = random.foldIn(options.key, `rows ${i}`);
    let sums: Sums | undefined;
    for (let pass = 0; pass < samples; pass++) {
      const before = sums;
      sums = scope(() => {
        const ctx = inference({ key, pass, sampling, ...place, ...(weights && { weights }) });
        const scores = (model as nn.Module<Inputs, Outputs>).forward(part, ctx);
        for (const value of ctx.bufferUpdates.values()) value.dispose();
        if (!isTensor(scores)) return fail('dtype', `${where}: the model's outputs must be one tensor, received ${show(scores)}.`);
        return gather(before, sampleOf(scores, kind, classAxis), pass + 1);
      });
      if (before) for (const tensor of Object.values(before)) (tensor as Tensor).dispose();
    }
    return scope(() => finish(sums as Sums, samples, classAxis));
  };
  return noGrad(() => scope(() => {
    const parts = starts.map(statistics);
    const names = Object.keys(parts[0] ?? {});
    return Object.fromEntries(names.map((name) => [name, parts.length === 1 ? parts[0]?.[name] : ops.concat(parts.map((part) => part[name] as Tensor), 0)]));
  })) as unknown as McDropoutResult;
}

/** One pass: p_t, and for classes H(p_t). */
interface Sample { readonly value: Tensor; readonly entropy?: Tensor }
/** Of the passes so far: the mean, sum_t (p_t - mean)^2, sum_t H(p_t). */
interface Sums { readonly mean: Tensor; readonly squares: Tensor; readonly entropy?: Tensor }

function sampleOf(outputs: Tensor, kind: OutputKind, classAxis: number): Sample {
  if (kind === 'values') return { value: outputs };
  const axis = outputs.rank === 1 ? 0 : classAxis;
  if (kind === 'probabilities') return { value: outputs, entropy: entropyOf(outputs, axis) };
  const logP = ops.logSoftmax(outputs, axis);
  const value = ops.exp(logP);
  return { value, entropy: ops.neg(ops.sum(ops.mul(value, logP), { axis })) };
}

/** Welford's update, which loses no digits to the size of the mean. */
function gather(sums: Sums | undefined, { value, entropy }: Sample, count: number): Sums {
  if (!sums) return { mean: ops.add(value, 0), squares: ops.mul(value, 0), ...(entropy && { entropy: ops.add(entropy, 0) }) };
  const delta = ops.sub(value, sums.mean);
  const mean = ops.add(sums.mean, ops.div(delta, count));
  return { mean, squares: ops.add(sums.squares, ops.mul(delta, ops.sub(value, mean))), ...(entropy && sums.entropy && { entropy: ops.add(sums.entropy, entropy) }) };
}

function finish({ mean, squares, entropy: entropies }: Sums, samples: number, classAxis: number): Record<string, Tensor> {
  const variance = ops.div(squares, samples);
  if (!entropies) return { mean, variance };
  const entropy = entropyOf(mean, mean.rank === 1 ? 0 : classAxis);
  // Entropy is concave: less than 0 is rounding.
  return { mean, variance, entropy, mutualInformation: ops.maximum(ops.sub(entropy, ops.div(entropies, samples)), scalar(0)) };
}

/** -sum p log p, where p log p is 0 at 0. */
const entropyOf = (p: Tensor, axis: number): Tensor => ops.neg(ops.sum(ops.mul(p, ops.log(ops.maximum(p, 1e-38))), { axis }));

function checkWeights(where: string, weights: unknown): void {
  checkOptions(`${where}: \`weights\``, weights, ['params', 'buffers'], 'part');
  for (const part of ['params', 'buffers'] as const) {
    const values: unknown = (weights as Partial<Record<typeof part, unknown>>)[part];
    if (typeof values !== 'object' || values === null || Array.isArray(values)) fail('option', `${where}: \`weights.${part}\` must hold tensors by path, received ${show(values)}.`);
  }
}

/** Scheduled rates need to be read somewhere; the start of a curriculum would silently be no dropout at all. */
function placeOf(model: nn.Module<never, unknown>, sampling: readonly string[], at: McDropoutOptions['at']): { readonly step?: number; readonly totalSteps?: number } {
  if (at !== undefined) {
    checkOptions('mcDropout: `at`', at, ['step', 'totalSteps']);
    const totalSteps = checkNumber('mcDropout', 'at.totalSteps', at.totalSteps, { min: 1, integer: true });
    return { step: checkNumber('mcDropout', 'at.step', at.step, { min: 0, integer: true }), totalSteps };
  }
  const scheduled = model.namedModules().find(([path, { traits }]) => sampling.includes(path) && typeof (traits?.drops?.p ?? 0 as Schedule) !== 'number');
  return scheduled ? fail('option', `mcDropout: the rate at \`${scheduled[0] || '(root)'}\` follows a schedule. Say where it is read: \`at: { step, totalSteps }\`, the end of the training for one.`) : {};
}

function rowsOf(x: unknown): number {
  const tensors = isTensor(x) ? [x] : Object.values((x ?? {}) as Record<string, unknown>);
  if (tensors.length === 0 || !tensors.every((part): part is Tensor => isTensor(part) && part.rank > 0)) {
    return fail('dtype', `mcDropout: expected inputs [N, ...], a tensor or tensors by name, received ${isTensor(x) ? showShape(x.shape) : show(x)}.`);
  }
  const sizes = new Set(tensors.map(({ shape }) => shape[0] ?? 0));
  if (sizes.size > 1) fail('shape', `mcDropout: the inputs must have the same number of rows, received ${tensors.map(({ shape }) => showShape(shape)).join(', ')}.`);
  return [...sizes][0] ?? 0;
}

function rowsFrom(x: Inputs, start: number, end: number): Inputs {
  const part = (tensor: Tensor): Tensor => ops.slice(tensor, [{ start, end }]);
  return isTensor(x) ? part(x) : Object.fromEntries(Object.entries(x).map(([name, tensor]) => [name, part(tensor)]));
}
