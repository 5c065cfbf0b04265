/** Masks on weights: parametrizations that drop from them in training, on a model or in a module around a layer. */
import { fail, type ForwardContext, globMatch, nn, type RngKey, type Schedule, show, type Tensor } from '@parsimony/core';
import { DropModule, type DropUnit } from './drop-layer';
import { checkPatterns } from './patterns';

/** Drops from a weight; the key is its own. */
export type WeightMask = (weight: Tensor, call: { readonly p: number; readonly key: RngKey }) => Tensor;

export type WeightPatterns = string | readonly string[];

/** Paths of the parameters that the globs name, each of which must name one. */
export function matchWeights(where: string, model: nn.Module<never, unknown>, weights: unknown): string[] {
  const patterns = checkPatterns(where, 'weights', weights, 'parameter paths');
  const all = Object.keys(model.parameterShapes());
  const found = patterns.map((pattern) => {
    const paths = all.filter((path) => globMatch(pattern, path));
    if (paths.length === 0) fail('option', `${where}: no parameter matches ${show(pattern)}; there are: ${all.join(', ') || 'none'}.`);
    return paths;
  });
  return all.filter((path) => found.some((paths) => paths.includes(path)));
}

export interface MaskedWeightsSettings<I, O> {
  readonly layer: nn.Module<I, O>;
  readonly p: Schedule | undefined;
  readonly unit: DropUnit;
  readonly mask: WeightMask;
}

/** A module around a layer, some of whose weights are masked anew in each training pass. */
export abstract class MaskedWeights<I, O> extends DropModule<I, O> {
  readonly layer: nn.Module<I, O>;
  /** Of the pass that is running. The layer's weights are masked in a pass through this module only. */
  #pass: { readonly p: number; readonly ctx: ForwardContext } | undefined;

  constructor(where: string, { layer, p, unit, mask }: MaskedWeightsSettings<I, O>, choose: (layer: nn.Module<I, O>) => readonly string[]) {
    super(where, p, { unit, traits: { flow: 'sequential' } });
    if (!nn.isModule(layer)) fail('option', `${where}: the layer must be a module, received ${show(layer)}.`);
    this.layer = layer;
    for (const path of choose(layer)) {
      nn.parametrize(layer, path, (weight) => (this.#pass ? mask(weight, { p: this.#pass.p, key: this.#pass.ctx.key(path) }) : weight));
    }
  }

  protected compute(inputs: I, ctx: ForwardContext): O {
    const p = this.rate(ctx);
    if (ctx.mode === 'train' && p > 0) this.#pass = { p, ctx };
    try { return this.layer.forward(inputs, ctx); } finally { this.#pass = undefined; }
  }
}
