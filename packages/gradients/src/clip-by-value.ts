/** Clipping by value: every element of every gradient by itself. */
import { type AnyPlugin, checkNumber, checkOptions, checkTensors, definePlugin, fail, ops, type Params, type Schedule, scope, strength } from '@parsimony/core';
import { version } from '../package.json';

export interface ClipByValueOptions {
  /** Largest magnitude of an element, above 0: a number or a schedule of the step. Required: the scale is the model's own. */
  readonly clipValue: Schedule;
}

const range = { min: 0, minExclusive: true } as const;

/**
 * max(-clipValue, min(clipValue, g)) for every element of every gradient.
 *
 * @param grads - By path, or under any names; float32.
 * @param options - `clipValue`, above 0.
 * @throws option: an unknown option, none, or one out of range.
 * @see PyTorch's `clip_grad_value_`.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { clipGradValue } from '@parsimony/gradients';
 * await ready();
 * await clipGradValue({ w: tensor([-3, 0.25, 2]) }, { clipValue: 0.5 }).w.array(); // => [-0.5, 0.25, 0.5]
 * ```
 */
export function clipGradValue<G extends Params>(grads: G, options: { readonly clipValue: number }): G {
  checkOptions('clipGradValue', options, ['clipValue']);
  const clipValue = checkNumber('clipGradValue', 'clipValue', options.clipValue, range);
  checkTensors('clipGradValue', 'grads', grads);
  return scope(() => Object.fromEntries(Object.entries(grads).map(([path, g]) => [path, ops.clamp(g, { min: -clipValue, max: clipValue })])) as unknown as G);
}

/**
 * Holds every element of a step's gradients within [-clipValue, clipValue], which may change their direction. Under accumulation
 * once, on those of the whole step; ahead of `clipByGlobalNorm`.
 *
 * @throws option: an unknown option, none, or one out of range.
 * @see PyTorch's `clip_grad_value_`.
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { clipByValue } from '@parsimony/gradients';
 * const trainer = new Trainer({
 *   model: new nn.Linear(4, 2), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7,
 *   plugins: [clipByValue({ clipValue: 0.5 })],
 * });
 * trainer.explain().includes('@parsimony/gradients/clip-by-value'); // => true
 * clipByValue({ clipValue: -1 }); // throws clipByValue: `clipValue` must be in (0, inf), received -1.
 * ```
 */
export function clipByValue(options: ClipByValueOptions): AnyPlugin {
  checkOptions('clipByValue', options, ['clipValue']);
  if (options.clipValue === undefined) fail('option', 'clipByValue: `clipValue` is required, for example 0.5.');
  const clipValue = strength('clipByValue', 'clipValue', options.clipValue, range);
  return definePlugin({
    name: '@parsimony/gradients/clip-by-value',
    version,
    apiVersion: 1,
    options: { clipValue: clipValue.schedule },
    claims: { writes: { grads: 'replace' } },
    batchSemantics: 'per-sample',
    hooks: {
      transformGrads: {
        // The norm that is bounded is then that of what is applied.
        before: ['@parsimony/gradients/clip-by-global-norm'],
        handler: (grads, ctx) => clipGradValue(grads, { clipValue: clipValue.at(ctx) }),
      },
    },
  });
}
