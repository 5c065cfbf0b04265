/** Muon. */
import { noGrad } from '../autograd/tape';
import { fail, show } from '../errors';
import { globMatch } from '../glob';
import { checkBoolean, checkChoice, checkNumber, checkOptions } from '../options';
import { add } from '../ops/add';
import { dispatchConsuming } from '../ops/dispatch';
import { lerp } from '../ops/lerp';
import { mul } from '../ops/mul';
import type { Schedule } from '../schedules/kind';
import { evaluateSchedule } from '../schedules/schedule';
import { strength } from '../schedules/strength';
import type { Json, Params } from '../types';
import { adamRule, checkBetas } from './adam';
import { checkNewtonSchulz, type NewtonSchulzOptions, orthogonalize } from './newton-schulz';
import { type CommonOptions, defineOptimizer, type Optimizer } from './optimizer';
import type { UpdateRule } from './rule';

/** AdamW for the parameters that are not orthogonalized. */
export interface MuonAdamwOptions {
  /** Its rate as a multiple of `lr`, 0 or more. Default 1. */
  readonly lrScale?: Schedule;
  /** Each in [0, 1). Default [0.9, 0.95]. */
  readonly betas?: readonly [number, number];
  /** Above 0. Default 1e-8. */
  readonly eps?: number;
}

export interface MuonOptions extends CommonOptions {
  /** In [0, 1). Default 0.95. */
  readonly momentum?: number;
  /** Default true. */
  readonly nesterov?: boolean;
  /** Globs over the matrices to orthogonalize. Default: every parameter of two axes but the last, and but those with `embed` in their path. */
  readonly hidden?: readonly string[];
  /**
   * How the rate goes with the shape [A, B]. 'match_rms_adamw': times 0.2 sqrt(max(A, B)), so that one rate serves Muon and AdamW;
   * 'original': times sqrt(max(1, A / B)), PyTorch's default. Default 'match_rms_adamw'.
   */
  readonly adjustLrFn?: 'match_rms_adamw' | 'original';
  readonly newtonSchulz?: NewtonSchulzOptions;
  readonly adamw?: MuonAdamwOptions;
}

/**
 * Muon: m = momentum m + (1 - momentum) g; u = the nearest orthonormal matrix to g + momentum (m - g) with Nesterov, else to m;
 * p -= lr weightDecay p + lr scale(shape) u, for the matrices of hidden layers. All other parameters, and the last matrix, get AdamW
 * in the same groups. PyTorch's `Muon`; Jordan et al. (2024); for `match_rms_adamw` Liu et al., arXiv:2502.16982.
 *
 * @param options - `lr` defaults to 1e-3, `weightDecay` (decoupled) to 0.1.
 * @throws option: an unknown option or one out of range; from `init`, no parameter to orthogonalize, or one that is no matrix.
 * @example
 * ```ts
 * import { optim, ready, tensor } from '@parsimony/core';
 * await ready();
 * const muon = optim.muon({ lr: 0.1, weightDecay: 0, adjustLrFn: 'original' });
 * const params = { 'body.weight': tensor([[1, 0], [0, 1]]), 'head.weight': tensor([[1, 1]]) };
 * Object.keys(muon.init(params).tensors); // => ['body.weight.momentum_buffer', 'head.weight.exp_avg', 'head.weight.exp_avg_sq']
 * ```
 */
export function muon(options: MuonOptions = {}): Optimizer {
  const where = 'optim.muon';
  checkOptions(where, options, ['lr', 'weightDecay', 'groups', 'momentum', 'nesterov', 'hidden', 'adjustLrFn', 'newtonSchulz', 'adamw']);
  const { lr = 1e-3, weightDecay = 0.1, momentum = 0.95, nesterov = true, hidden, adjustLrFn = 'match_rms_adamw', newtonSchulz = {}, adamw = {} } = options;
  checkNumber(where, 'momentum', momentum, { min: 0, max: 1, maxExclusive: true });
  checkBoolean(where, 'nesterov', nesterov);
  checkChoice(where, 'adjustLrFn', adjustLrFn, ['match_rms_adamw', 'original']);
  if (hidden !== undefined && (!Array.isArray(hidden) || hidden.some((glob) => typeof glob !== 'string' || glob === ''))) {
    fail('option', `${where}: \`hidden\` must be a list of globs over parameter paths, such as ['blocks.**.weight'], received ${show(hidden)}.`);
  }
  checkOptions(`${where}: newtonSchulz`, newtonSchulz, ['steps', 'coefficients', 'eps']);
  const iteration = checkNewtonSchulz(`${where}: newtonSchulz`, newtonSchulz);
  checkOptions(`${where}: adamw`, adamw, ['lrScale', 'betas', 'eps']);
  const { lrScale: factor = 1, betas = [0.9, 0.95], eps = 1e-8 } = adamw;
  const lrScale = strength(`${where}: adamw`, 'lrScale', factor, { min: 0 });
  checkBetas(`${where}: adamw`, betas);
  checkNumber(`${where}: adamw`, 'eps', eps, { min: 0, minExclusive: true });

  const orthogonal: UpdateRule = {
    slots: { momentum_buffer: 0 },
    apply: ({ p, g, slots: [buffer = p], gate, lr: rate, coupledDecay, decoupledDecay }) => noGrad(() => {
      const d = coupledDecay === 0 ? g : add(g, mul(p, coupledDecay));
      const [m = buffer] = dispatchConsuming('averageStep', [buffer, d, gate], [0], [1 - momentum]);
      const u = orthogonalize(nesterov ? lerp(d, m, momentum) : m, iteration);
      const [A = 1, B = 1] = p.shape;
      const scale = adjustLrFn === 'original' ? Math.sqrt(Math.max(1, A / B)) : 0.2 * Math.sqrt(Math.max(A, B));
      const [next = p] = dispatchConsuming('sgdStep', [p, u, gate], [0], [rate * scale, 0, decoupledDecay]);
      return [next, m];
    }),
  };
  const plain = adamRule(betas, eps, false);
  const scaled: UpdateRule = {
    slots: plain.slots,
    apply(update) {
      const scale = lrScale.at({ at: (schedule) => evaluateSchedule(schedule, update.progress) });
      return plain.apply({ ...update, lr: update.lr * scale, decoupledDecay: update.decoupledDecay * scale });
    },
  };
  return defineOptimizer({
    name: 'muon',
    own: {
      momentum, nesterov, adjustLrFn, ...(hidden && { hidden }), newtonSchulz: iteration as unknown as Json,
      adamw: { lrScale: lrScale.schedule, betas, eps },
    },
    lr, weightDecay, decayKind: 'decoupled', common: options, adaptive: true,
    rules: [orthogonal, scaled],
    choose: (path, params) => (hiddenOf(where, params, hidden).has(path) ? orthogonal : scaled),
  });
}

/** The matrices to orthogonalize. */
function hiddenOf(where: string, params: Params, globs: readonly string[] | undefined): ReadonlySet<string> {
  const matrices = Object.keys(params).filter((path) => params[path]?.rank === 2);
  const chosen = globs === undefined
    ? matrices.slice(0, -1).filter((path) => !/embed/i.test(path))
    : Object.keys(params).filter((path) => globs.some((glob) => globMatch(glob, path)));
  const wrong = chosen.find((path) => !matrices.includes(path));
  if (wrong !== undefined) fail('option', `${where}: \`hidden\` takes in \`${wrong}\`, which has ${params[wrong]?.rank} axes; only matrices are orthogonalized. Give globs that match these alone, such as '**.weight'.`);
  if (chosen.length === 0) fail('option', `${where}: there is no hidden matrix to orthogonalize among ${Object.keys(params).join(', ') || 'no parameters'}. Name some by \`hidden\`, or use optim.adamw.`);
  return new Set(chosen);
}
