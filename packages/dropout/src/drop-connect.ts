/** DropConnect (weight drop): weights set to zero at random while training, in place of activations. */
import { checkOptions, fail, nn, ops, type RngKey, type Schedule, strength, type Tensor } from '@parsimony/core';
import { probability } from './drop-layer';
import { markAsDrawing } from './drawing-modules';
import { checkRate } from './mask';
import { MaskedWeights, matchWeights, type WeightPatterns } from './masked-weights';

export interface DropConnectCall {
  /** Probability to drop, in [0, 1]. */
  readonly p: number;
  readonly key: RngKey;
}

/**
 * W'_ij = W_ij m_ij / (1 - p), with m_ij = 0 with probability p: what a layer then uses in place of W. p = 1 gives zeros.
 *
 * @param weight - Any shape, float32.
 * @throws option: `p` outside [0, 1], an unknown option, or no key.
 * @see Wan et al., "Regularization of Neural Networks using DropConnect", ICML 2013.
 * @example
 * ```ts
 * import { ones, random, ready } from '@parsimony/core';
 * import { dropConnect } from '@parsimony/dropout';
 * await ready();
 * const w = await dropConnect(ones([8]), { p: 0.5, key: random.key(1) }).data();
 * w.every((v) => v === 0 || v === 2); // => true
 * ```
 */
export function dropConnect(weight: Tensor, options: DropConnectCall): Tensor {
  checkOptions('dropConnect', options, ['p', 'key']);
  return ops.dropout(weight, checkRate('dropConnect', options.p), options.key);
}

export interface WeightDropOptions {
  /** Probability to drop a weight, in [0, 1]: a number or a schedule of the step. */
  readonly p: Schedule;
  /** Globs of parameter paths: `'**.weight_hh_*'`. */
  readonly weights: WeightPatterns;
}

/**
 * Puts `dropConnect` on weights of a model as it is: in training each pass sees them under a mask of its own, in evaluation they
 * are left as they are. Paths, state and the raw weights stay. Returns the paths.
 *
 * @throws option: `p` missing or outside [0, 1], a glob that names no parameter, or an unknown option.
 * @see Merity et al., "Regularizing and Optimizing LSTM Language Models", arXiv:1708.02182.
 * @example
 * ```ts
 * import { nn } from '@parsimony/core';
 * import { weightDrop } from '@parsimony/dropout';
 * weightDrop(new nn.LSTM(4, 8, { numLayers: 2 }), { p: 0.5, weights: 'weight_hh_*' }); // => ['weight_hh_l0', 'weight_hh_l1']
 * ```
 */
export function weightDrop(model: nn.Module<never, unknown>, options: WeightDropOptions): string[] {
  if (!nn.isModule(model)) fail('option', 'weightDrop: the first argument must be a module.');
  checkOptions('weightDrop', options, ['p', 'weights']);
  const rate = strength('weightDrop', 'p', options.p, probability);
  const paths = matchWeights('weightDrop', model, options.weights);
  const owners = new Map(model.namedModules());
  for (const path of paths) {
    markAsDrawing(owners.get(path.slice(0, Math.max(0, path.lastIndexOf('.')))) as nn.Module);
    nn.parametrize(model, path, (weight, ctx) => {
      const p = ctx.mode === 'train' ? rate.at(ctx) : 0;
      return p === 0 ? weight : dropConnect(weight, { p, key: ctx.key(`weightDrop.${path}`) });
    });
  }
  return paths;
}

export interface DropConnectOptions {
  /** Probability to drop a weight, in [0, 1]: a number or a schedule of the step. Default 0.5. */
  readonly p?: Schedule;
  /**
   * Globs of the layer's parameter paths. Default: of a recurrent layer those from state to state, `weight_hh_*`; of another
   * all of two axes or more, so no biases.
   */
  readonly weights?: WeightPatterns;
}

/**
 * A layer whose weights are dropped with probability p in training; in evaluation the layer as it is. A recurrent layer has one mask
 * for all steps of a pass. The layer's state is under `layer.`; `weightDrop` leaves paths alone.
 *
 * Where it differs from the paper: one mask a pass in place of one an example, and the mean weights in evaluation in place of
 * sampling from the normal distribution that approximates the units' inputs.
 *
 * @throws option: no module, `p` outside [0, 1], a glob that names no parameter, or an unknown option.
 * @see Wan et al., ICML 2013; for recurrent layers Merity et al., arXiv:1708.02182, where it is called weight drop.
 * @example
 * ```ts
 * import { nn, random, ready, training, zeros } from '@parsimony/core';
 * import { DropConnect } from '@parsimony/dropout';
 * await ready();
 * const lstm = new DropConnect(new nn.LSTM(4, 8), { p: 0.5 }).init(random.key(0));
 * lstm.forward(zeros([5, 3, 4]), training({ key: random.key(1) })).output.shape; // => [5, 3, 8]
 * new nn.Sequential(new DropConnect(new nn.Linear(4, 2), { p: 0.3 }), new nn.ReLU()).parameterShapes(); // => { '0.layer.weight': [2, 4], '0.layer.bias': [2] }
 * ```
 */
export class DropConnect<I = Tensor, O = Tensor> extends MaskedWeights<I, O> {
  constructor(layer: nn.Module<I, O>, options: DropConnectOptions = {}) {
    checkOptions('DropConnect', options, ['p', 'weights']);
    const { p = 0.5 } = options;
    super('DropConnect', { layer, p, unit: 'weight', mask: dropConnect }, () => {
      if (options.weights !== undefined) return matchWeights('DropConnect', layer, options.weights);
      if (layer.traits?.recurrent) return matchWeights('DropConnect', layer, 'weight_hh_*');
      const paths = Object.entries(layer.parameterShapes()).flatMap(([path, shape]) => (shape.length > 1 ? [path] : []));
      if (paths.length === 0) fail('option', `DropConnect: ${layer.constructor.name} has no weights of two axes or more. Name some with \`weights\`.`);
      return paths;
    });
  }
}

/** What AWD-LSTM calls `DropConnect` of a recurrent layer. */
export { DropConnect as WeightDrop };
