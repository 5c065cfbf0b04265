/** Weight standardization: the weights of each output with mean 0 and variance 1. */
import { checkOptions, fail, nn, ops, showShape, type Tensor } from '@parsimony/core';
import { checkEps, checkInput } from './per-channel';
import { asMatrix, checkAxis, findWeights, outputAxis } from './weights';

export interface WeightStandardizationOptions {
  /** The axis of the outputs. Default 0; of `applyWeightStandardization` 1 in transposed convolutions. */
  readonly axis?: number;
  /** Added to the variance before the root; above 0. Default 1e-5. */
  readonly eps?: number;
}

/**
 * w' = (w - mean) / sqrt(variance + eps), with the mean and biased variance of the weights of each output. The same in training and
 * evaluation. With group norm it stands in for batch norm where batches are small.
 *
 * @param weight - [out, in, ...], float32.
 * @throws option: an axis that the weight does not have, or eps out of range. shape: outputs with one weight.
 * @see Qiao et al., "Micro-batch training with batch-channel normalization and weight standardization", arXiv:1903.10520.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { standardizeWeight } from '@parsimony/norms';
 * await ready();
 * await standardizeWeight(tensor([[1, 3], [10, 30]]), { eps: 1e-12 }).array(); // => [[-1, 1], [-1, 1]]
 * ```
 */
export function standardizeWeight(weight: Tensor, options: WeightStandardizationOptions = {}): Tensor {
  checkOptions('standardizeWeight', options, ['axis', 'eps']);
  const { eps = 1e-5, axis = 0 } = options;
  checkEps('standardizeWeight', eps);
  checkInput('standardizeWeight', weight, 'weight');
  checkAxis('standardizeWeight', axis, weight.rank);
  if (weight.size === weight.shape[axis]) fail('shape', `standardizeWeight: an output needs more than one weight, received ${showShape(weight.shape)}.`);
  const { matrix, back } = asMatrix(weight, axis);
  return back(ops.layerNorm(matrix, null, null, { eps }));
}

/**
 * From now on the layers that hold these weights see them standardized; see `standardizeWeight`. The raw weight is what is learned,
 * and keeps its name in the state.
 *
 * @param path - Path or glob of parameters: `layers.*.weight`.
 * @throws option: nothing matches, an axis the weight does not have, an unknown option. shape: outputs with one weight.
 * @see Qiao et al., "Micro-batch training with batch-channel normalization and weight standardization", arXiv:1903.10520.
 * @example
 * ```ts
 * import { nn, random, ready } from '@parsimony/core';
 * import { applyWeightStandardization, GroupNorm } from '@parsimony/norms';
 * await ready();
 * const model = new nn.Sequential(new nn.Conv2d(3, 8, 3), new GroupNorm(2, 8), new nn.ReLU());
 * applyWeightStandardization(model, '0.weight').init(random.key(0));
 * Object.keys(model.stateDict()); // => ['0.weight', '0.bias', '1.weight', '1.bias']
 * ```
 */
export function applyWeightStandardization<M extends nn.Module<never, unknown>>(model: M, path: string, options: WeightStandardizationOptions = {}): M {
  checkOptions('applyWeightStandardization', options, ['axis', 'eps']);
  const { eps = 1e-5 } = options;
  checkEps('applyWeightStandardization', eps);
  for (const { path: at, module, shape } of findWeights('applyWeightStandardization', model, path)) {
    const { axis: given = Math.min(outputAxis(module), shape.length - 1) } = options;
    const axis = checkAxis('applyWeightStandardization', given, shape.length);
    if (shape.every((n, i) => i === axis || n === 1)) fail('shape', `applyWeightStandardization: \`${at}\` has one weight an output, ${showShape(shape)}.`);
    nn.parametrize(model, at, (raw) => standardizeWeight(raw, { axis, eps }));
  }
  return model;
}
