/** Reliability diagrams as data: how often answers are right, by how sure they are. */
import { batches, checkNumber, checkOptions, type Dataset, fail, inference, type Inputs, isTensor, type nn, ops, type Outputs, scope, show, type Tensor } from '@parsimony/core';

export interface ReliabilityOptions {
  /** Bins of equal width over (0, 1], 1 to 1,000. Default 15. */
  readonly bins?: number;
  /** Samples at a time. Default 256. */
  readonly batchSize?: number;
  /** Where the classes are: 1 for [N, C, ...], -1 for [..., C]. Default 1. */
  readonly classAxis?: number;
}

/** Answers whose confidence is in (low, high]. */
export interface ReliabilityBin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
  /** Means over the bin; null where it is empty. */
  readonly confidence: number | null;
  readonly accuracy: number | null;
}

export interface Reliability {
  readonly bins: readonly ReliabilityBin[];
  /** Of all bins. */
  readonly count: number;
  /** sum_b (n_b / n) |accuracy - confidence|. */
  readonly expectedCalibrationError: number;
  /** The largest |accuracy - confidence| of a bin. */
  readonly maximumCalibrationError: number;
}

/** An answer: the probability it was given, and whether it was right. */
export interface Answer { readonly confidence: number; readonly right: boolean }

/**
 * The diagram of answers that are there as numbers.
 *
 * @param bins - Of equal width over (0, 1], 1 to 1,000.
 * @throws option: `bins` out of range. data: no answers, or a confidence that is not in [0, 1].
 * @see Guo et al., "On Calibration of Modern Neural Networks", arXiv:1706.04599, section 2.
 * @example
 * ```ts
 * import { reliabilityOf } from '@parsimony/label-smoothing';
 * const { bins, expectedCalibrationError } = reliabilityOf([{ confidence: 0.75, right: true }, { confidence: 0.75, right: false }], 2);
 * bins[1]; // => { low: 0.5, high: 1, count: 2, confidence: 0.75, accuracy: 0.5 }
 * expectedCalibrationError; // => 0.25
 * ```
 */
export function reliabilityOf(answers: readonly Answer[], bins = 15): Reliability {
  const where = 'reliabilityOf';
  checkNumber(where, 'bins', bins, { min: 1, max: 1000, integer: true });
  if (answers.length === 0) fail('data', `${where}: expected answers, received none. Are all labels ignored?`);
  const sums = Array.from({ length: bins }, () => ({ count: 0, confidence: 0, right: 0 }));
  for (const { confidence, right } of answers) {
    if (!(confidence >= 0 && confidence <= 1 + 1e-6)) fail('data', `${where}: \`confidence\` must be in [0, 1], received ${confidence}.`);
    const bin = sums[Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1))];
    if (!bin) continue;
    bin.count++;
    bin.confidence += confidence;
    bin.right += right ? 1 : 0;
  }
  const gaps = sums.map((bin) => Math.abs(bin.right - bin.confidence));
  return {
    bins: sums.map(({ count, confidence, right }, i) => ({
      low: i / bins, high: (i + 1) / bins, count, confidence: count === 0 ? null : confidence / count, accuracy: count === 0 ? null : right / count,
    })),
    count: answers.length,
    expectedCalibrationError: gaps.reduce((total, gap) => total + gap, 0) / answers.length,
    maximumCalibrationError: Math.max(...gaps.map((gap, i) => gap / Math.max(1, sums[i]?.count ?? 1))),
  };
}

/**
 * The diagram of a model on a data set, in evaluation mode. Ignored labels count nothing, distributions by their likeliest class.
 *
 * @param model - Gives scores [N, C, ...].
 * @throws option: an unknown option or one out of range. data: targets that are values. dtype: outputs that are not one tensor.
 * @see Guo et al., "On Calibration of Modern Neural Networks", arXiv:1706.04599, section 2.
 * @example
 * ```ts
 * import { arrayDataset, nn, random, ready } from '@parsimony/core';
 * import { reliability } from '@parsimony/label-smoothing';
 * await ready();
 * const data = arrayDataset({ inputs: Float32Array.of(-1, 1, 2, -2), shape: [1], labels: Int32Array.of(0, 1, 1, 0), numClasses: 2 });
 * const { bins, count } = await reliability(new nn.Linear(1, 2).init(random.key(7)), data, { bins: 10 });
 * [bins.length, count]; // => [10, 4]
 * ```
 */
export async function reliability(model: nn.Module<Inputs, Outputs>, data: Dataset, options: ReliabilityOptions = {}): Promise<Reliability> {
  const where = 'reliability';
  checkOptions(where, options, ['bins', 'batchSize', 'classAxis']);
  const bins = checkNumber(where, 'bins', options.bins ?? 15, { min: 1, max: 1000, integer: true });
  const batchSize = checkNumber(where, 'batchSize', options.batchSize ?? 256, { min: 1, integer: true });
  const axis = checkNumber(where, 'classAxis', options.classAxis ?? 1, { integer: true });
  const answers: Answer[] = [];
  for await (const { inputs, original: target } of batches(data, { batchSize })) {
    if (target.kind === 'value') return fail('data', `${where}: expected class labels or distributions, received kind 'value'.`);
    const reads = scope(() => {
      const outputs = model.forward(inputs, inference());
      if (!isTensor(outputs)) return fail('dtype', `${where}: the outputs must be one tensor, received ${show(outputs)}.`);
      const labels = target.kind === 'index' ? target.labels : ops.argmax(target.probs, { axis });
      const read = (x: Tensor) => x.data();
      return [read(ops.max(ops.softmax(outputs, axis), { axis })), read(ops.argmax(outputs, { axis })), read(labels)] as const;
    });
    const [confidence, chosen, labels] = await Promise.all(reads);
    const ignored = target.kind === 'index' ? target.ignoreIndex ?? -100 : undefined;
    labels.forEach((label: number, i: number) => { if (label !== ignored) answers.push({ confidence: confidence[i] ?? Number.NaN, right: chosen[i] === label }); });
  }
  return reliabilityOf(answers, bins);
}
