/** The size of the gradients of each step, for the report: it only looks. */
import { type AnyPlugin, definePlugin, ops, type Scalar } from '@parsimony/core';
import { version } from '../../package.json';

const name = '@parsimony/cli/gradient-norm';
const clipping = '@parsimony/gradients/clip-by-global-norm';

/** What histories call the norm, as the watcher logs it and, in its place, `clipByGlobalNorm`. */
export const gradNormKeys = [`${name}/gradNorm`, `${clipping}/gradNorm`] as const;

/**
 * Logs sqrt(sum g^2) over all elements of the gradients of a step as `gradNorm`: those of the whole step under accumulation, before
 * anything clips or changes them. It changes nothing and has no state, so that a checkpoint taken without it resumes with it. The command
 * gives it to every run; a program that goes on from a checkpoint of the command lists it first of its plugins.
 *
 * @example
 * ```ts
 * import { arrayDataset, losses, nn, optim, Trainer } from '@parsimony/core';
 * import { gradientNorm } from '@parsimony/cli';
 * const train = arrayDataset({ inputs: Float32Array.of(0, 1), shape: [1], values: Float32Array.of(1, 3), targetShape: [1] });
 * const trainer = new Trainer({ model: new nn.Linear(1, 1), loss: losses.mse(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7, plugins: [gradientNorm()] });
 * const { history } = await trainer.fit({ train, epochs: 1, batchSize: 2 });
 * Number(history[0]?.values['@parsimony/cli/gradient-norm/gradNorm']) > 0; // => true
 * ```
 */
export const gradientNorm = (): AnyPlugin => definePlugin({
  name, version, apiVersion: 1, options: {}, claims: { reads: ['grads'] }, batchSemantics: 'per-sample', requiredOnLoad: false,
  hooks: {
    transformGrads: {
      order: 'pre',
      handler: (grads, ctx) => {
        const all = Object.values(grads);
        if (all.length > 0) ctx.log('gradNorm', ops.sqrt(ops.sumSquares(all)) as Scalar);
        return undefined;
      },
    },
  },
});

/** `gradientNorm`, and the plugins of a run; not beside a `clipByGlobalNorm` that gets the gradients as they are, and logs the same. */
export function withGradientNorm(plugins: readonly AnyPlugin[]): readonly AnyPlugin[] {
  const writers = plugins.filter(({ claims }) => claims.writes?.grads !== undefined);
  return plugins.some((plugin) => plugin.name === name) || (writers.length === 1 && writers[0]?.name === clipping) ? plugins : [gradientNorm(), ...plugins];
}
