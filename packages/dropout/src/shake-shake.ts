/** ShakeShake: two residual branches mixed at random, anew in the backward pass. */
import { checkOptions, fail, type ForwardContext, nn, ops, random, type RngKey, show, showShape, type Tensor } from '@parsimony/core';
import { expectRank, expectTensor } from './mask';
import { drawUniform, shaken } from './shake';
import { checkMode, type DropMode } from './stochastic-depth';

export interface ShakeShakeCall {
  readonly key: RngKey;
  /** One alpha and beta a sample, or one for the batch. Default `'row'`, the paper's best. */
  readonly mode?: DropMode;
}

const unit = [0, 1] as const;

/**
 * y = alpha a + (1 - alpha) b in the forward pass, with alpha ~ U(0, 1); the gradients are those of beta a + (1 - beta) b, with beta
 * ~ U(0, 1) drawn apart. They are not the derivative of the forward pass, and are not meant to be.
 *
 * @param a - The output of the first branch, [N, ...], float32.
 * @param b - The output of the second, of the same shape.
 * @throws option: an unknown option, a bad mode, or no key. shape: other shapes.
 * @see Gastaldi, "Shake-Shake regularization", arXiv:1705.07485.
 * @example
 * ```ts
 * import { ones, random, ready, zeros } from '@parsimony/core';
 * import { shakeShake } from '@parsimony/dropout';
 * await ready();
 * const alpha = await shakeShake(ones([4]), zeros([4]), { key: random.key(1) }).data();
 * alpha.every((v) => v >= 0 && v < 1); // => true
 * ```
 */
export function shakeShake(a: Tensor, b: Tensor, options: ShakeShakeCall): Tensor {
  checkOptions('shakeShake', options, ['key', 'mode']);
  const { mode = 'row' } = options;
  checkMode('shakeShake', mode);
  expectRank('shakeShake', a, [1, 2, 3, 4, 5, 6], '[N, ...]');
  expectTensor('shakeShake', b, 'b');
  if (a.shape.join() !== b.shape.join()) fail('shape', `shakeShake: the branches must give the same shape, received ${showShape(a.shape)} and ${showShape(b.shape)}.`);
  const [alpha, beta] = ['alpha', 'beta'].map((name) => () => drawUniform(a, mode, random.foldIn(options.key, name), unit)) as [() => Tensor, () => Tensor];
  const rest = (draw: () => Tensor) => (): Tensor => ops.sub(1, draw());
  return ops.add(shaken(a, alpha, beta), shaken(b, rest(alpha), rest(beta)));
}

export interface ShakeShakeOptions {
  /** One alpha and beta a sample, or one for the batch. Default `'row'`, the paper's best. */
  readonly mode?: DropMode;
}

/**
 * Two branches on one input: `shakeShake` of their outputs in training, their mean in evaluation. Put it in `nn.Residual`.
 *
 * @throws option: something that is not a module, or an unknown option. shape: branches that give different shapes.
 * @see `shakeShake`
 * @example
 * ```ts
 * import { nn, ready, tensor } from '@parsimony/core';
 * import { ShakeShake } from '@parsimony/dropout';
 * await ready();
 * const block = new nn.Residual(new ShakeShake(new nn.ReLU(), new nn.Identity()));
 * await block.forward(tensor([2, -4])).array(); // => [4, -6]
 * ```
 */
export class ShakeShake extends nn.Module {
  override readonly traits = { flow: 'residual', draws: true } as const;
  readonly branches: readonly [nn.Module, nn.Module];
  readonly mode: DropMode;

  constructor(first: nn.Module, second: nn.Module, options: ShakeShakeOptions = {}) {
    super();
    checkOptions('ShakeShake', options, ['mode']);
    const { mode = 'row' } = options;
    for (const branch of [first, second]) if (!nn.isModule(branch)) fail('option', `ShakeShake: the branches must be modules, received ${show(branch)}.`);
    this.branches = [first, second];
    this.mode = checkMode('ShakeShake', mode);
  }

  protected compute(x: Tensor, ctx: ForwardContext): Tensor {
    const [a, b] = this.branches.map((branch) => branch.forward(x, ctx)) as [Tensor, Tensor];
    if (ctx.mode === 'train') return shakeShake(a, b, { key: ctx.key(), mode: this.mode });
    return ops.mul(ops.add(a, b), 0.5);
  }
}
