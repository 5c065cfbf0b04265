/** AugMix with its loss, as a plugin of the trainer. */
import {
  type AnyPlugin, type Batch, checkNumber, checkOptions, definePlugin, detach, fail, isTensor, type Inputs, type Json, type LossTerm, noGrad, ops, type Outputs, type Scalar, type Schedule, type Shape,
  type StepContext, strength, type Tensor, tensor,
} from '@parsimony/core';
import { version } from '../../package.json';
import { checkImageShape, imageShape, imagesOf } from '../image/augment-plugin';
import { applyToBatch, drawFor } from '../transform/run';
import { augMixPolicy, type AugMixPolicyOptions } from './aug-mix-policy';
import { jensenShannon } from './jensen-shannon';

export interface AugMixOptions extends AugMixPolicyOptions {
  /** Of the divergence between the views, 0 or more: a number or a schedule of the step. At 0 there is one pass, as without the plugin. Default 12. */
  readonly weight?: Schedule;
  /** Where the classes stand in the outputs. Default: as the loss says, 1 for [N, C, ...] if it says nothing. */
  readonly classAxis?: number;
  /** [C, H, W] or [H, W] of images that come flat, as [N, C*H*W]. Default: images come as [N, C, H, W]. */
  readonly shape?: Shape;
  /** Which of several named inputs holds the images. Needed where inputs are a record. */
  readonly input?: string;
}

const policyOptions = ['severity', 'mixtureWidth', 'chainDepth', 'alpha', 'allOps', 'interpolation', 'fill'] as const;
const site = 'views';

/**
 * Trains on L(x) + weight JS(x, x', x''), where x' and x'' are two draws of `augMixPolicy` from the images of the batch, L is the Trainer's loss
 * and JS the Jensen-Shannon divergence of what the model says of the three. A step costs three passes, each with dropout masks and batch
 * statistics of its own. Evaluation has the plain loss.
 *
 * Images are floats from 0 to 1, of 1 or 3 channels: leave a normalization to the model. Crops and flips come before, as `augment`. The view
 * of a sample that was mixed with others is of the mixture.
 *
 * @throws option: an unknown option or one out of range. shape: inputs that are not such images. In the fit, dtype: outputs that are not one tensor.
 * @see Hendrycks et al., "AugMix: A Simple Data Processing Method to Improve Robustness and Uncertainty", arXiv:1912.02781. Its code runs the three
 * as one batch, so that batch norms see all of them together.
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { augMix } from '@parsimony/augment';
 * const trainer = new Trainer({
 *   model: new nn.Linear(784, 10), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7,
 *   plugins: [augMix({ severity: 3, shape: [28, 28] })],
 * });
 * trainer.explain().includes('@parsimony/augment/aug-mix'); // => true
 * augMix({ weight: -1 }); // throws augMix: `weight` must be in [0, inf), received -1.
 * ```
 */
export function augMix(options: AugMixOptions = {}): AnyPlugin {
  const where = 'augMix';
  checkOptions(where, options, [...policyOptions, 'weight', 'classAxis', 'shape', 'input']);
  const policy = augMixPolicy(Object.fromEntries(policyOptions.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]]))));
  const weight = strength(where, 'weight', options.weight ?? 12, { min: 0 });
  const classAxis = options.classAxis === undefined ? undefined : checkNumber(where, 'classAxis', options.classAxis, { integer: true });
  const shape = options.shape === undefined ? undefined : checkImageShape(where, options.shape);
  const { input } = options;
  if (input !== undefined && typeof input !== 'string') fail('option', `${where}: \`input\` must be the name of an input.`);

  const viewsOf = async (inputs: Inputs, ctx: StepContext): Promise<Inputs[]> => {
    const images = imagesOf(where, inputs, input);
    const [n = 0, channels = 0, height = 0, width = 0] = imageShape(where, images.shape, shape);
    const size = { channels, height, width };
    policy.outputSize(size);
    const progress = { step: ctx.step, totalSteps: ctx.totalSteps };
    const drawn = ['first', 'second'].map((name) => drawFor(policy, ctx.rng(name), n, size, progress));
    const read = await images.data();
    const batch = { data: read instanceof Float32Array ? read : Float32Array.from(read), count: n, ...size };
    return drawn.map((params) => {
      const view = tensor(applyToBatch(policy, batch, params).data as Float32Array, images.shape);
      return isTensor(inputs) ? view : { ...inputs, [input as string]: view };
    });
  };

  return definePlugin({
    name: '@parsimony/augment/aug-mix',
    version,
    apiVersion: 1,
    options: { ...policy.options, weight: weight.schedule, ...(classAxis !== undefined && { classAxis }), ...(shape && { shape }), ...(input !== undefined && { input }) } as Json,
    claims: { reads: ['batch.inputs'], writes: { 'batch.views': 'exclusive', 'forward': 'add', 'loss': 'add' } },
    batchSemantics: 'per-sample',
    hooks: {
      transformBatch: {
        // Views are of what the model sees: cropped, flipped and mixed.
        order: 'post',
        handler(batch, ctx): undefined | Promise<Batch> {
          return weight.at(ctx) === 0 ? undefined : viewsOf(batch.inputs, ctx).then((views) => ({ ...batch, views }));
        },
      },
      aroundForward(ctx, next) {
        const outputs = next();
        const { views } = ctx.batch;
        // Where another plugin runs this twice, the views of the first time are enough.
        if (views && !ctx.local.has(site)) ctx.local.set(site, views.map((inputs) => next({ ...ctx.batch, inputs })));
        return outputs;
      },
      collectLossTerms(ctx): readonly LossTerm[] {
        const views = ctx.local.get(site) as readonly Outputs[] | undefined;
        if (views === undefined) return [];
        const loss = jensenShannon([ctx.outputs, ...views] as readonly Tensor[], { classAxis: classAxis ?? classAxisOf(ctx.lossOf.options) });
        ctx.log('divergence', noGrad(() => ops.div(detach(loss.sum), loss.denominator)) as Scalar);
        return [{ name: 'consistency', loss, weight: weight.schedule }];
      },
    },
  });
}

/** As a loss states it among its options. */
function classAxisOf(options: Json): number {
  const stated = (options as Readonly<Record<string, Json>> | null)?.['classAxis'];
  return typeof stated === 'number' ? stated : 1;
}
