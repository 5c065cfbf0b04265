/** Adaptive sharpness-aware minimization: nearby is measured by the size of each weight. */
import { type AnyPlugin, checkNumber, checkOptions, definePlugin, type Finding, ops, type Params, type PluginKey, type Schedule, strength, type Tensor } from '@parsimony/core';
import { version } from '../package.json';
import { checkPatterns, matches } from './patterns';
import { ascend, secondPass } from './sam';

const name = '@parsimony/gradients/asam' as PluginKey;
const samName = '@parsimony/gradients/sam' as PluginKey;

interface Normalization {
  /** Added to |w|, above 0. Default 0.01. */
  readonly eta?: number;
  /** Globs over parameters that are measured as they are, t = 1. Default ['**.*bias*']: biases. */
  readonly exclude?: readonly string[];
}

export interface AsamOptions extends Normalization {
  /** How far the weights are moved for the second pass, 0 or more, of use from 0.5 to 2: a number or a schedule of the step. 0: no second pass. Default 0.5. */
  readonly rho?: Schedule;
}

export interface AsamAscentOptions extends Normalization {
  /** 0 or more. Default 0.5. */
  readonly rho?: number;
}

const known = ['rho', 'eta', 'exclude'];

const checkNormalization = (where: string, { eta = 0.01, exclude = ['**.*bias*'] }: Normalization): Required<Normalization> => ({
  eta: checkNumber(where, 'eta', eta, { min: 0, minExclusive: true }), exclude: checkPatterns(where, 'exclude', exclude),
});

/**
 * w + rho t^2 g / ||t g||, elementwise with t = |w| + eta (1 for what `exclude` matches), the norm over all gradients together. What
 * it finds does not change where a layer is scaled up and the next one down.
 *
 * @param params - By path; float32.
 * @param grads - Of each of them.
 * @returns New weights; NaN where the norm is not finite.
 * @throws option: an unknown option or one out of range.
 * @see Kwon et al., "ASAM: adaptive sharpness-aware minimization for scale-invariant learning of deep neural networks", arXiv:2102.11600.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { asamAscent } from '@parsimony/gradients';
 * await ready();
 * const moved = asamAscent({ w: tensor([1, -2]) }, { w: tensor([3, 2]) }, { rho: 0.5, eta: 1e-9 });
 * await moved.w.array(); // => [1.3, -1.2]
 * ```
 */
export function asamAscent<P extends Params>(params: P, grads: Params, options: AsamAscentOptions = {}): P {
  checkOptions('asamAscent', options, known);
  const { rho = 0.5 } = options;
  checkNumber('asamAscent', 'rho', rho, { min: 0 });
  const { eta, exclude } = checkNormalization('asamAscent', options);
  return ascend('asamAscent', params, grads, rho, (path) => (matches(exclude, path) ? undefined : ops.add(ops.abs(params[path] as Tensor), eta)));
}

/**
 * `sam` with a neighbourhood that is wide for large weights and narrow for small ones; all else as there.
 *
 * @throws option: an unknown option or one out of range. When the plan is built, conflict: sam beside it.
 * @see Kwon et al., "ASAM: adaptive sharpness-aware minimization for scale-invariant learning of deep neural networks", arXiv:2102.11600;
 * as in its published code, biases are not normalized.
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { asam } from '@parsimony/gradients';
 * const trainer = new Trainer({
 *   model: new nn.Linear(4, 2), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7, plugins: [asam({ rho: 1 })],
 * });
 * trainer.explain().includes('@parsimony/gradients/asam'); // => true
 * asam({ eta: 0 }); // throws asam: `eta` must be in (0, inf), received 0.
 * ```
 */
export function asam(options: AsamOptions = {}): AnyPlugin {
  checkOptions('asam', options, known);
  const { rho: distance = 0.5 } = options;
  const rho = strength('asam', 'rho', distance, { min: 0 });
  const { eta, exclude } = checkNormalization('asam', options);
  return definePlugin({
    name,
    version,
    apiVersion: 1,
    options: { rho: rho.schedule, eta, exclude },
    claims: { reads: ['params'], writes: { grads: 'replace' } },
    batchSemantics: 'per-sample',
    hooks: {
      transformGrads: { after: [samName], ...secondPass(rho, (params, grads, now) => asamAscent(params, grads, { rho: now, eta, exclude })) },
    },
    check: (peers): readonly Finding[] => (peers.some((peer) => peer.name === samName) ? [{
      severity: 'error', code: 'two-searches', plugins: [name, samName],
      message: 'sam and asam each take the gradients of a step anew, so that those of the first would be lost.', hint: 'Leave one of them out.',
    }] : []),
  });
}
