/** Regressors of student features that are trained with the student: parameters of its model, behind its outputs, which they leave as they are. */
import { checkNumber, checkOptions, fail, type ForwardContext, nn, ops, type Params, show, showShape, type Tensor } from '@parsimony/core';

/** A learned map of the channels alone, [N, C, ...] -> [N, C', ...]: a linear layer on vectors, a convolution of size 1 on maps. */
export interface RegressorSize { readonly inFeatures: number; readonly outFeatures: number }

/** What projections are called in the model: `projections.0.weight`. */
const name = 'projections';

/** @internal The map of `RegressorSize`, with a linear layer's initial values. */
export class Regressor extends nn.Module {
  constructor(readonly inFeatures: number, readonly outFeatures: number) {
    super();
    const bound = 1 / Math.sqrt(inFeatures);
    const uniform = nn.init.uniform({ low: -bound, high: bound });
    this.parameter('weight', [outFeatures, inFeatures], uniform);
    this.parameter('bias', [outFeatures], uniform);
  }

  protected compute(x: Tensor, ctx: ForwardContext): Tensor {
    const [n = 1, channels = 0, ...places] = x.shape;
    if (x.rank < 2 || channels !== this.inFeatures) fail('shape', `regressor: \`inFeatures\` is ${this.inFeatures}, and the features are of shape ${showShape(x.shape)}.`);
    const [weight, bias] = [this.param('weight', ctx), this.param('bias', ctx)];
    if (x.rank === 2) return ops.linear(x, weight, bias);
    const flat = ops.reshape(x, [n, channels, x.size / (n * channels)]);
    return ops.reshape(ops.conv1d(flat, ops.unsqueeze(weight, 2), bias), [n, this.outFeatures, ...places]);
  }
}

/** @internal */
export function checkRegressor(where: string, given: unknown): nn.Module | undefined {
  if (given === undefined || nn.isModule(given)) return given as nn.Module | undefined;
  checkOptions(`${where}: \`regressor\``, given, ['inFeatures', 'outFeatures']);
  const { inFeatures, outFeatures } = given as Partial<RegressorSize>;
  const sizes = Object.entries({ inFeatures, outFeatures }).map(([key, n]) => checkNumber(`${where}: \`regressor\``, key, n, { min: 1, integer: true })) as [number, number];
  return new Regressor(...sizes);
}

/** @internal A regressor and the path of what it takes. */
export interface Projection { readonly path: string; readonly regressor: nn.Module }

/**
 * @internal Stands behind the model and gives its outputs on unchanged. In the training pass of a microbatch it runs the regressors, on taps of the
 * features, so that what they compute, draw and keep is part of that pass, and can be tapped in turn.
 */
export class Projections extends nn.Module<unknown, unknown> {
  /** Of the microbatch in progress. */
  tap: ((path: string) => Tensor) | undefined;

  constructor(readonly each: readonly Projection[]) { super(); }

  override children(): [string, nn.Module<unknown, unknown>][] {
    return this.each.map(({ regressor }, i) => [String(i), regressor as unknown as nn.Module<unknown, unknown>]);
  }

  protected compute(outputs: unknown, ctx: ForwardContext): unknown {
    const { tap } = this;
    if (tap && ctx.mode === 'train') for (const { path, regressor } of this.each) regressor.forward(path === '' ? outputs as Tensor : tap(path), ctx);
    return outputs;
  }

  attach(model: nn.Module<never, unknown>): void { nn.append(model, '', name, this as unknown as nn.Module); }

  pathOf(regressor: nn.Module): string { return `${name}.${this.each.findIndex((one) => one.regressor === regressor)}`; }
}

/**
 * The weights of a distilled student without those of its projections, as the model was written: for files that a fresh model is to load.
 *
 * @param state - As `model.stateDict()` gives it.
 * @throws option: no weights by path.
 * @example
 * ```ts
 * import { ones } from '@parsimony/core';
 * import { withoutProjections } from '@parsimony/distillation';
 * Object.keys(withoutProjections({ '0.weight': ones([2]), 'projections.0.weight': ones([2]) })); // => ['0.weight']
 * ```
 */
export function withoutProjections(state: Params): Params {
  if (typeof state !== 'object' || state === null) fail('option', `withoutProjections: expected weights by path, received ${show(state)}.`);
  return Object.fromEntries(Object.entries(state).filter(([path]) => !path.startsWith(`${name}.`)));
}
