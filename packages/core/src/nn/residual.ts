/** A path around a module. */
import { fail, show } from '../errors';
import { checkOptions } from '../options';
import { add } from '../ops/add';
import { sameShape, showShape } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import type { ForwardContext } from '../types';
import { isModule, Module } from './module';

export interface ResidualOptions {
  /** What the path around does where sizes change, such as a convolution of kernel 1. Default: nothing. */
  readonly shortcut?: Module;
}

/**
 * y = x + body(x), or shortcut(x) + body(x).
 *
 * @throws option: something that is not a module. shape: body and path around give different shapes.
 * @see He et al., "Deep residual learning for image recognition", arXiv:1512.03385.
 * @example
 * ```ts
 * import { nn, ready, tensor } from '@parsimony/core';
 * await ready();
 * await new nn.Residual(new nn.ReLU()).forward(tensor([-1, 2])).array(); // => [-1, 4]
 * ```
 */
export class Residual extends Module {
  override readonly traits = { flow: 'residual' } as const;
  readonly body: Module;
  readonly shortcut?: Module;

  constructor(body: Module, options: ResidualOptions = {}) {
    super();
    checkOptions('Residual', options, ['shortcut']);
    for (const [name, module] of [['body', body], ['shortcut', options.shortcut]] as const) {
      if (!isModule(module) && !(name === 'shortcut' && module === undefined)) fail('option', `Residual: \`${name}\` must be a module, received ${show(module)}.`);
    }
    this.body = body;
    if (options.shortcut) this.shortcut = options.shortcut;
  }

  protected compute(x: Tensor, ctx: ForwardContext): Tensor {
    const around = this.shortcut ? this.shortcut.forward(x, ctx) : x;
    const through = this.body.forward(x, ctx);
    if (!sameShape(around.shape, through.shape)) {
      fail('shape', `Residual: the body gives ${showShape(through.shape)}, the path around it ${showShape(around.shape)}. Give a \`shortcut\` that changes the sizes as the body does.`);
    }
    return add(around, through);
  }
}
