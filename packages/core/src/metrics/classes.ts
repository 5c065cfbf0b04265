/** What metrics of classes share: probabilities with the classes last, the labels beside them, and which count. */
import { detach } from '../autograd/custom';
import { checkNumber, checkOptions } from '../options';
import { argmax } from '../ops/argmax';
import { cast } from '../ops/convert';
import { notEqual } from '../ops/not-equal';
import { permute } from '../ops/permute';
import { softmax } from '../ops/softmax';
import { where as choose } from '../ops/where';
import { isTensor } from '../tensor/find';
import { sameShape } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import type { Outputs, Target } from '../types';

export interface ClassMetricOptions {
  /** Where the classes are: 1 for [N, C, ...], -1 for [..., C]. Default 1. */
  readonly classAxis?: number;
}

export interface Classified {
  /** softmax of the scores, [..., C]. */
  readonly probs: Tensor;
  /** int32 [...]; 0 where it is ignored. Of a distribution its likeliest class. */
  readonly labels: Tensor;
  /** [...]: 1 where the label counts, 0 where it is ignored. */
  readonly counts: Tensor | undefined;
  /** The distributions [..., C] of a soft target. */
  readonly soft: Tensor | undefined;
}

export function checkClassAxis(where: string, options: ClassMetricOptions, more: readonly string[] = []): number {
  checkOptions(where, options, ['classAxis', ...more]);
  return checkNumber(where, 'classAxis', options.classAxis ?? 1, { integer: true });
}

/** Undefined where the target has no classes, or others than the outputs. */
export function classify(outputs: Outputs, target: Target, classAxis: number): Classified | undefined {
  if (target.kind === 'value' || !isTensor(outputs) || outputs.rank < 2) return undefined;
  const probs = softmax(classesLast(detach(outputs), classAxis));
  const outer = probs.shape.slice(0, -1);
  if (target.kind === 'soft') {
    if (!sameShape(target.probs.shape, outputs.shape)) return undefined;
    const soft = classesLast(target.probs, classAxis);
    return { probs, soft, labels: argmax(soft, { axis: -1 }), counts: undefined };
  }
  if (!sameShape(target.labels.shape, outer)) return undefined;
  // -100 is what the losses ignore too, unless told otherwise.
  const counts = notEqual(target.labels, target.ignoreIndex ?? -100);
  return { probs, soft: undefined, labels: choose(counts, target.labels, 0), counts: cast(counts, 'float32') };
}

function classesLast(x: Tensor, classAxis: number): Tensor {
  const axis = classAxis < 0 ? classAxis + x.rank : classAxis;
  if (axis === x.rank - 1) return x;
  const others = x.shape.map((_, i) => i).filter((i) => i !== axis);
  return permute(x, [...others, axis]);
}
