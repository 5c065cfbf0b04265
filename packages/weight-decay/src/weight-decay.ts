/** Decoupled weight decay: taken off the weight itself, in proportion to the learning rate, not through the gradient. */
import {
  type AnyPlugin, checkNumber, checkOptions, checkTensors, definePlugin, evaluateSchedule, type Finding, type Json, ops, type Params, type PluginKey, type Progress, scope, type Tensor,
} from '@parsimony/core';
import { version } from '../package.json';
import { checkProgress } from './options';
import { checkDecayOptions, type DecayRule, type decayRules, rulesOf, type WeightDecayOptions } from './rules';
import { selectionFindings } from './selection';

const name = '@parsimony/weight-decay' as PluginKey;

export interface DecayCall extends WeightDecayOptions {
  /** Learning rate of this step, 0 or more. */
  readonly lr: number;
  /** For a scheduled decay. Default: step 0 of 1. */
  readonly progress?: Progress;
}

/**
 * w - lr decay w for every parameter that `decayRules` decays; the others as they are. Call it before the optimizer's step, as
 * AdamW does.
 *
 * @param params - Parameters by path.
 * @throws option: one out of range, or a glob that matches no parameter.
 * @see Loshchilov and Hutter, "Decoupled Weight Decay Regularization", arXiv:1711.05101.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { decayWeights } from '@parsimony/weight-decay';
 * await ready();
 * const params = { weight: tensor([[1, -2]]), bias: tensor([1]) };
 * const after = decayWeights(params, { lr: 0.5, decay: 0.1 });
 * await after.weight?.array(); // => [[0.95, -1.9]]
 * after.bias === params.bias; // => true
 * ```
 */
export function decayWeights<P extends Params>(params: P, options: DecayCall): P {
  const where = 'decayWeights';
  checkOptions(where, options, ['lr', 'decay', 'progress', 'exclude', 'include', 'factors']);
  const { lr, progress, ...rules } = options;
  const checked = checkDecayOptions(where, rules);
  checkNumber(where, 'lr', lr, { min: 0 });
  const at = checkProgress(where, progress);
  checkTensors(where, 'params', params);
  return scope(() => {
    const out: Record<string, Tensor> = { ...params };
    for (const { path, decay } of rulesOf(where, params, checked)) {
      const rate = lr * checkNumber(where, 'decay (scheduled)', evaluateSchedule(decay, at), { min: 0 });
      const value = params[path];
      if (value && rate > 0) out[path] = ops.mul(value, 1 - rate);
    }
    return out as P;
  });
}

/** What the plugin offers to others, under its name. */
export interface WeightDecayApi {
  /** The rule of every parameter of the model, in its order. */
  rules(parameters: Parameters<typeof decayRules>[0]): readonly DecayRule[];
}

declare module '@parsimony/core' {
  interface PluginApiMap { '@parsimony/weight-decay': WeightDecayApi }
}

/**
 * Decoupled weight decay for the Trainer, with any optimizer: every step w becomes w - lr decay w beside the optimizer's own
 * update. Biases and one-dimensional parameters are left out unless included. Nothing happens in evaluation.
 *
 * @throws option: an unknown option or one out of range. When the plan is built, conflict: a glob that matches no
 * parameter, another plugin that owns the decay, or an optimizer that was given one that is not 0.
 * @see Loshchilov and Hutter, "Decoupled Weight Decay Regularization", arXiv:1711.05101.
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { weightDecay } from '@parsimony/weight-decay';
 * const trainer = new Trainer({
 *   model: new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Linear(8, 2)),
 *   loss: losses.crossEntropy(), optimizer: optim.adam({ lr: 1e-3 }), seed: 7,
 *   plugins: [weightDecay({ decay: 1e-2, factors: { '0.**': 0.5 } })],
 * });
 * const lines = trainer.explain().split('\n');
 * lines.find((line) => line.includes('0.bias'))?.trim(); // => '0.bias    [8]     lr 0.001  no decay                 weight-decay: a bias'
 * ```
 */
export function weightDecay(options: WeightDecayOptions = {}): AnyPlugin {
  const checked = checkDecayOptions('weightDecay', options);
  const api: WeightDecayApi = { rules: (parameters) => rulesOf('weightDecay', parameters, checked) };
  return definePlugin({
    name,
    version,
    apiVersion: 1,
    options: checked as unknown as Json,
    claims: { writes: { 'params.decay': 'exclusive' } },
    batchSemantics: 'per-sample',
    hooks: {
      collectParamGroups: (ctx) => api.rules(ctx.model.parameterShapes()).map(({ path, decay, reason }) => ({ match: path, weightDecay: decay, reason })),
    },
    api,
    check: (_, model): readonly Finding[] => selectionFindings('weightDecay', name, model.parameterShapes(), checked),
  });
}
