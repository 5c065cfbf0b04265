/** Steps whose loss or gradients are not finite: left out and counted, up to so many in a row. */
import { type AnyPlugin, checkNumber, checkOptions, definePlugin, fail, ops, type Scalar, scalar } from '@parsimony/core';
import { version } from '../package.json';

export interface SkipNonFiniteOptions {
  /**
   * So many skipped steps in a row end the fit with an error, 1 or more; null: none do. It is looked at after every `maxConsecutive`
   * steps, so that no step waits for the device: a fit may end up to twice as late. Default 10.
   */
  readonly maxConsecutive?: number | null;
}

/**
 * The number of skipped steps in a row: 0 after a step that was applied, else one more.
 *
 * @param before - One element.
 * @param applied - One element, 1 or 0: a hook's `ctx.applied`.
 * @example
 * ```ts
 * import { ready, scalar } from '@parsimony/core';
 * import { countSkipped } from '@parsimony/gradients';
 * await ready();
 * await countSkipped(scalar(2), scalar(0)).item(); // => 3
 * await countSkipped(scalar(2), scalar(1)).item(); // => 0
 * ```
 */
export const countSkipped = (before: Scalar, applied: Scalar): Scalar => ops.mul(ops.add(before, 1), ops.sub(1, applied)) as Scalar;

/**
 * Leaves out steps whose loss or gradients are not finite, where a fit otherwise stops at the first: weights, optimizer, buffers and
 * averages stay as they were. The history counts them as `skippedSteps` of each epoch. One bad batch costs one step; many in a row
 * mean that training is over, and end the fit.
 *
 * @throws option: an unknown option or one out of range. In the fit, non-finite: `maxConsecutive` skipped steps in a row.
 * @see Micikevicius et al., "Mixed precision training", arXiv:1710.03740, where steps that overflow are skipped.
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { skipNonFinite } from '@parsimony/gradients';
 * const trainer = new Trainer({
 *   model: new nn.Linear(4, 2), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7, plugins: [skipNonFinite({ maxConsecutive: 5 })],
 * });
 * trainer.explain().includes('@parsimony/gradients/skip-non-finite'); // => true
 * skipNonFinite({ maxConsecutive: 0 }); // throws skipNonFinite: `maxConsecutive` must be a whole number in [1, inf), received 0.
 * ```
 */
export function skipNonFinite(options: SkipNonFiniteOptions = {}): AnyPlugin {
  checkOptions('skipNonFinite', options, ['maxConsecutive']);
  const { maxConsecutive = 10 } = options;
  if (maxConsecutive !== null) checkNumber('skipNonFinite', 'maxConsecutive', maxConsecutive, { min: 1, integer: true });
  return definePlugin({
    name: '@parsimony/gradients/skip-non-finite',
    version,
    apiVersion: 1,
    options: { maxConsecutive },
    claims: {},
    batchSemantics: 'per-sample',
    nonFinite: 'skip',
    init: () => ({ tensors: { skipped: scalar(0) }, json: null }),
    hooks: {
      stepEnd(ctx) {
        if (maxConsecutive === null) return undefined;
        const skipped = countSkipped(ctx.state.tensors['skipped'] as Scalar, ctx.applied);
        ctx.setState({ tensors: { skipped }, json: null });
        return (ctx.step + 1) % maxConsecutive === 0 ? refuseAt(maxConsecutive, skipped, ctx.step + 1) : undefined;
      },
    },
  });
}

async function refuseAt(most: number, skipped: Scalar, steps: number): Promise<void> {
  const inRow = await skipped.item();
  if (inRow < most) return;
  fail('non-finite', `skipNonFinite: the last ${inRow} steps had a loss or gradients that are not finite and were not applied; the weights are those after step ${steps - inRow}. Lower the learning rate, clip the gradients, look for extreme inputs, or give a larger \`maxConsecutive\`, null for no limit.`);
}
