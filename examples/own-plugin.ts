/**
 * A plugin of one's own: a penalty on what a layer puts out, so that few units are active at a time. A factory checks its options and
 * returns `definePlugin({ … })`: what it claims to read and write, by which plans are checked, and its hooks. The pure part stands
 * alone, for loops without a Trainer.
 */
import {
  type AnyPlugin, checkOptions, definePlugin, fail, type Finding, type Json, losses, type LossTerm, nn, noGrad, ops, optim, type PluginKey, type Scalar, scalar, type Schedule,
  show, strength, type Tensor, Trainer,
} from '@parsimony/core';
import { spirals } from './spirals';

const name = 'sparse-activations';

export interface SparseActivationsOptions {
  /** Path of the module whose outputs are penalized: '1'. Required. */
  readonly path: string;
  /** Strength, 0 or more: a number or a schedule of the step. Default 1e-3. */
  readonly lambda?: Schedule;
}

/** sum |a| over all units of all samples. */
export const magnitude = (activation: Tensor): Scalar => ops.sum(ops.abs(activation)) as Scalar;

/** Adds lambda times the mean over the samples of sum |a| to the loss, and logs the share of units that are active. */
export function sparseActivations(options: SparseActivationsOptions): AnyPlugin {
  checkOptions(name, options, ['path', 'lambda']);
  const { path } = options;
  if (typeof path !== 'string') fail('option', `${name}: \`path\` must be the path of a module, received ${show(path)}.`);
  const lambda = strength(name, 'lambda', options.lambda ?? 1e-3, { min: 0 });
  return definePlugin({
    name,
    version: '1.0.0',
    apiVersion: 1,
    options: { path, lambda: lambda.schedule } as Json,
    // Reading activations asks the trainer to hold them; terms of a loss are added, so they go with those of others.
    claims: { reads: ['activations'], writes: { loss: 'add' } },
    // A sum over samples with their number beside it: exact under accumulation.
    batchSemantics: 'per-sample',
    hooks: {
      collectLossTerms(ctx): readonly LossTerm[] {
        const weight = lambda.at(ctx);
        if (weight === 0) return [];
        const activation = ctx.tap(path);
        ctx.log('active', noGrad(() => ops.mean(ops.cast(ops.greater(ops.abs(activation), 1e-3), 'float32'))) as Scalar);
        return [{ name: 'magnitude', loss: { sum: magnitude(activation), denominator: scalar(ctx.batch.size) }, weight }];
      },
    },
    check: (_, model): readonly Finding[] => {
      const paths = model.namedModules().map(([own]) => own);
      return paths.includes(path) ? [] : [{
        severity: 'error', code: 'no-such-module', plugins: [name as PluginKey], message: `${name}: the model has no module \`${path}\`; it has: ${paths.filter(Boolean).join(', ')}.`,
      }];
    },
  });
}

/** Trains without and with it, and compares how many units of the hidden layer are active. */
export async function trainOwnPlugin() {
  const run = async (plugins: readonly AnyPlugin[]) => {
    const model = new nn.Sequential(new nn.Linear(2, 64), new nn.ReLU(), new nn.Linear(64, 2));
    const trainer = new Trainer({ model, loss: losses.crossEntropy(), optimizer: optim.adam({ lr: 0.01 }), seed: 7, plugins });
    const { history } = await trainer.fit({ train: spirals(400, 1), epochs: 40, batchSize: 50 });
    return history.at(-1)?.values[`${name}/active`] ?? Number.NaN;
  };
  // Nearly no strength: only its logging is wanted.
  return { plain: await run([sparseActivations({ path: '1', lambda: 1e-12 })]), sparse: await run([sparseActivations({ path: '1', lambda: 0.02 })]) };
}
