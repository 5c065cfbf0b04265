/** Mixout: weights are replaced by pretrained ones at random while fine-tuning. */
import {
  type AnyPlugin, checkNumber, checkOptions, checkTensor, definePlugin, detach, fail, type Finding, type Inputs, type Json, type MicroContext, nn, ops, type Outputs, type PluginKey, random,
  type RngKey, type Schedule, scope, showShape, strength, type Tensor,
} from '@parsimony/core';
import { version } from '../package.json';
import { orDefault } from './options';
import { checkSelection, select, type Selected, type SelectionOptions, selectionFindings, selectionGroups } from './selection';

const name = '@parsimony/weight-decay/mixout' as PluginKey;

export interface MixoutOptions extends SelectionOptions {
  /** Probability that a weight is its pretrained one, in [0, 1]: a number or a schedule of the step. Default 0.7. */
  readonly p?: Schedule;
}

export interface MixCall {
  /** Probability that an element is that of `start`, in [0, 1]. */
  readonly p: number;
  readonly key: RngKey;
}

/**
 * (m w_0 + (1 - m) w - p w_0) / (1 - p), with m = 1 with probability p: elements of w replaced by those of the start w_0, and scaled so
 * that the mean stays w. With w_0 = 0 it is dropout. p = 1 gives w_0. No gradient goes to w_0.
 *
 * @param w - Any shape, float32.
 * @param start - Of the same shape.
 * @throws option: `p` outside [0, 1], or an unknown option. shape: a start of another shape.
 * @see Lee, Cho and Kang, "Mixout: Effective Regularization to Finetune Large-scale Pretrained Language Models", arXiv:1909.11299.
 * @example
 * ```ts
 * import { full, random, ready } from '@parsimony/core';
 * import { mixWeights } from '@parsimony/weight-decay';
 * await ready();
 * const mixed = await mixWeights(full([100], 5), full([100], 3), { p: 0.5, key: random.key(1) }).data();
 * [...new Set(mixed)].sort(); // => [3, 7]
 * ```
 */
export function mixWeights(w: Tensor, start: Tensor, options: MixCall): Tensor {
  checkOptions('mixWeights', options, ['p', 'key']);
  const p = checkNumber('mixWeights', 'p', options.p, { min: 0, max: 1 });
  checkTensor('mixWeights', 'w', w);
  checkTensor('mixWeights', 'start', start);
  if (w.shape.join() !== start.shape.join()) fail('shape', `mixWeights: \`start\` must have the shape ${showShape(w.shape)} of \`w\`, received ${showShape(start.shape)}.`);
  // w_0 + dropout(w - w_0) is the formula, term by term.
  return scope(() => {
    const from = detach(start);
    return p === 0 ? w : ops.add(from, ops.dropout(ops.sub(w, from), p, options.key));
  });
}

/** What the parametrizations of one model ask while a fit runs. */
interface Running {
  readonly remove: readonly (() => void)[];
  /** Of the step. */
  key: RngKey;
  micro: MicroContext | undefined;
}

/**
 * Mixout for the Trainer: in training each pass sees every weight replaced with probability p by the one that the fit began with (load
 * pretrained ones into the model first), and scaled so that its mean stays; see `mixWeights`. One mask a pass for all microbatches, and for both
 * places of a tied weight. In evaluation the weights are as they are. The start is in the plugin's state, so a fit
 * that is resumed mixes in the same. Biases and one-dimensional parameters are left alone unless included; exclude a fresh head.
 *
 * @throws option: an unknown option or one out of range. When the plan is built, conflict: a glob that matches no parameter.
 * @see Lee, Cho and Kang, "Mixout: Effective Regularization to Finetune Large-scale Pretrained Language Models", arXiv:1909.11299.
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { mixout } from '@parsimony/weight-decay';
 * const trainer = new Trainer({
 *   model: new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Linear(8, 2)), loss: losses.crossEntropy(),
 *   optimizer: optim.adam(), seed: 7, plugins: [mixout({ p: 0.9, exclude: ['2.**'] })],
 * });
 * trainer.explain().includes('mixout: mixed with the start, p 0.9'); // => true
 * mixout({ p: 2 }); // throws mixout: `p` must be in [0, 1], received 2.
 * ```
 */
export function mixout(options: MixoutOptions = {}): AnyPlugin {
  checkOptions('mixout', options, ['p', 'exclude', 'include']);
  const p = strength('mixout', 'p', orDefault(options.p, 0.7), { min: 0, max: 1 });
  const selection = checkSelection('mixout', options);
  const { exclude, include } = selection;
  const selected = (parameters: Parameters<typeof select>[1]): Selected[] => select('mixout', parameters, selection, 'mixed with the start');
  const fits = new WeakMap<nn.Module<Inputs, Outputs>, Running>();
  return definePlugin({
    name,
    version,
    apiVersion: 1,
    options: { p: p.schedule, exclude, include } as unknown as Json,
    claims: { reads: ['params'], writes: { model: 'add' } },
    batchSemantics: 'per-sample',
    init(model) {
      const params = model.parameters();
      return { tensors: Object.fromEntries(selected(params).flatMap(({ path, factor }) => (factor > 0 ? [[path, detach(params[path] as Tensor)]] : []))), json: null };
    },
    hooks: {
      collectParamGroups: (ctx) => selectionGroups(selected(ctx.model.parameterShapes()), { p: p.schedule }),
      fitStart(ctx) {
        const remove = Object.keys(ctx.state.tensors).map((path) => nn.parametrize(ctx.model, path, (raw, { mode }) => {
          const start = ctx.state.tensors[path];
          const fit = fits.get(ctx.model);
          if (mode !== 'train' || !start || !fit?.micro) return raw;
          return mixWeights(raw, start, { p: p.at(ctx), key: random.foldIn(fit.key, `${path} in pass ${fit.micro.pass}`) });
        }));
        fits.set(ctx.model, { remove, key: random.key(0), micro: undefined });
      },
      stepStart(ctx) {
        const fit = fits.get(ctx.model);
        if (fit) fit.key = ctx.rng('mask');
      },
      microbatchStart(ctx) {
        const fit = fits.get(ctx.model);
        if (fit) fit.micro = ctx;
      },
      microbatchEnd(ctx) {
        const fit = fits.get(ctx.model);
        if (fit) fit.micro = undefined;
      },
      fitEnd(ctx) {
        for (const remove of fits.get(ctx.model)?.remove ?? []) remove();
        fits.delete(ctx.model);
      },
    },
    check: (_, model): readonly Finding[] => selectionFindings('mixout', name, model.parameterShapes(), selection),
  });
}
