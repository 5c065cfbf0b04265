/** Modules one after another. */
import { fail, show } from '../errors';
import type { Tensor } from '../tensor/tensor';
import type { ForwardContext } from '../types';
import { isModule, Module } from './module';

/**
 * Each layer's output is the next one's input. The layers are called `0`, `1`, … in paths and state, as in PyTorch.
 *
 * @throws option: something that is not a module.
 * @example
 * ```ts
 * import { nn, random, ready, zeros } from '@parsimony/core';
 * await ready();
 * const model = new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Linear(8, 2)).init(random.key(0));
 * model.forward(zeros([3, 4])).shape; // => [3, 2]
 * Object.keys(model.stateDict()); // => ['0.weight', '0.bias', '2.weight', '2.bias']
 * ```
 */
export class Sequential extends Module {
  override readonly traits = { flow: 'sequential' } as const;
  readonly layers: readonly Module[];

  constructor(...layers: readonly Module[]) {
    super();
    layers.forEach((layer: unknown, i) => {
      if (!isModule(layer)) fail('option', `Sequential: layer ${i} must be a module, received ${show(layer)}.${Array.isArray(layer) ? ' Spread the list: `new nn.Sequential(...layers)`.' : ''}`);
    });
    this.layers = layers;
  }

  override children(): [string, Module<unknown, unknown>][] {
    return this.layers.map((layer, i) => [String(i), layer as unknown as Module<unknown, unknown>]);
  }

  protected compute(x: Tensor, ctx: ForwardContext): Tensor {
    return this.layers.reduce((value, layer) => layer.forward(value, ctx), x);
  }
}
