/** Batch norms folded into the layers ahead of them, for inference. */
import { fail, nn, ops, scope, show, type Tensor } from '@parsimony/core';
import { BatchNormModule } from './batch-norm-modules';

type Convolution = nn.Conv1d | nn.Conv2d | nn.Conv3d;
type Transposed = nn.ConvTranspose1d | nn.ConvTranspose2d | nn.ConvTranspose3d;
/** Layers that a batch norm folds into. */
export type FoldableLayer = nn.Linear | Convolution | Transposed;

const isTransposed = (layer: unknown): layer is Transposed =>
  layer instanceof nn.ConvTranspose1d || layer instanceof nn.ConvTranspose2d || layer instanceof nn.ConvTranspose3d;
const isConvolution = (layer: unknown): layer is Convolution => layer instanceof nn.Conv1d || layer instanceof nn.Conv2d || layer instanceof nn.Conv3d;
const isFoldable = (layer: unknown): layer is FoldableLayer => layer instanceof nn.Linear || isConvolution(layer) || isTransposed(layer);

/** A layer of the same sizes, with a bias. */
function withBias(layer: FoldableLayer): FoldableLayer {
  if (layer instanceof nn.Linear) return new nn.Linear(layer.inFeatures, layer.outFeatures);
  const { inChannels, outChannels, kernelSize } = layer;
  if (layer instanceof nn.Conv1d) return new nn.Conv1d(inChannels, outChannels, kernelSize, layer.options);
  if (layer instanceof nn.Conv2d) return new nn.Conv2d(inChannels, outChannels, kernelSize, layer.options);
  if (layer instanceof nn.Conv3d) return new nn.Conv3d(inChannels, outChannels, kernelSize, layer.options);
  if (layer instanceof nn.ConvTranspose1d) return new nn.ConvTranspose1d(inChannels, outChannels, kernelSize, layer.options);
  if (layer instanceof nn.ConvTranspose2d) return new nn.ConvTranspose2d(inChannels, outChannels, kernelSize, layer.options);
  return new nn.ConvTranspose3d(inChannels, outChannels, kernelSize, layer.options);
}

/** W s along the axis of the outputs: 0, or in transposed convolutions 1, where groups share the names of their outputs. */
function scaleOutputs(layer: FoldableLayer, weight: Tensor, scale: Tensor): Tensor {
  if (!isTransposed(layer)) return ops.mul(weight, ops.reshape(scale, [scale.size, ...new Array<number>(weight.rank - 1).fill(1)]));
  const { groups = 1 } = layer.options;
  const [inputs = 1, outputs = 1, ...kernel] = weight.shape;
  const grouped = ops.reshape(weight, [groups, inputs / groups, outputs, ...kernel]);
  return ops.reshape(ops.mul(grouped, ops.reshape(scale, [groups, 1, outputs, ...kernel.map(() => 1)])), weight.shape);
}

/**
 * One layer that computes what the two do in evaluation: with s = weight / sqrt(running_var + eps), W' = s W and
 * b' = s (b - running_mean) + bias. Parametrized weights are taken as evaluation sees them. Of a linear layer this holds where
 * the norm sees [N, C], not [N, L, C].
 *
 * @returns a new layer; the two stay as they are.
 * @throws option: a layer that does not fold, a norm without running statistics, other sizes. state: no values yet.
 * @see Jacob et al., arXiv:1712.05877, section 3.2; PyTorch's `fuse_conv_bn_eval`.
 * @example
 * ```ts
 * import { nn, random, ready, tensor } from '@parsimony/core';
 * import { BatchNorm1d, foldBatchNorm } from '@parsimony/norms';
 * await ready();
 * const layer = new nn.Linear(1, 1).loadStateDict({ weight: tensor([[3]]), bias: tensor([1]) });
 * const norm = new BatchNorm1d(1, { eps: 1e-12 }).init(random.key(0));
 * norm.loadStateDict({ running_mean: tensor([5]), running_var: tensor([4]) }, { strict: false });
 * const folded = foldBatchNorm(layer, norm);
 * await folded.stateDict().weight?.array(); // => [[1.5]]
 * await folded.stateDict().bias?.array(); // => [-2]
 * ```
 */
export function foldBatchNorm<L extends FoldableLayer>(layer: L, norm: BatchNormModule): L {
  if (!isFoldable(layer)) fail('option', `foldBatchNorm: \`layer\` must be a Linear, Conv or ConvTranspose layer, received ${nn.isModule(layer) ? (layer as object).constructor.name : show(layer)}.`);
  if (!(norm instanceof BatchNormModule)) fail('option', `foldBatchNorm: \`norm\` must be a batch norm, received ${nn.isModule(norm) ? (norm as object).constructor.name : show(norm)}.`);
  if (!norm.trackRunningStats) fail('option', 'foldBatchNorm: the norm keeps no running statistics (trackRunningStats: false), so its evaluation depends on the batch.');
  const outputs = layer instanceof nn.Linear ? layer.outFeatures : layer.outChannels;
  if (outputs !== norm.numFeatures) fail('option', `foldBatchNorm: the layer gives ${outputs} channels, the norm takes ${norm.numFeatures}.`);
  return scope(() => {
    const of = (name: string): Tensor => nn.weightOf(norm, name);
    const root = ops.rsqrt(ops.add(of('running_var'), norm.eps));
    const scale = norm.affine ? ops.mul(root, of('weight')) : root;
    const centred = 'bias' in layer.parameterShapes() ? ops.sub(nn.weightOf(layer, 'bias'), of('running_mean')) : ops.neg(of('running_mean'));
    const shifted = ops.mul(centred, scale);
    return withBias(layer).loadStateDict({
      weight: scaleOutputs(layer, nn.weightOf(layer, 'weight'), scale),
      bias: norm.affine ? ops.add(shifted, of('bias')) : shifted,
    }) as L;
  });
}

/**
 * Folds every batch norm of a model that stands right behind a layer in an `nn.Sequential`, in place: the layer gets the folded
 * weights, the norm's place an `nn.Identity`, so that paths stay. For inference only: a training would find no norms.
 *
 * @returns the paths of the norms folded; [] where there was none.
 * @throws option: something that is not a module. state: a model that has no values yet.
 * @see `foldBatchNorm`
 * @example
 * ```ts
 * import { nn, ones, random, ready } from '@parsimony/core';
 * import { BatchNorm2d, foldBatchNorms } from '@parsimony/norms';
 * await ready();
 * const model = new nn.Sequential(new nn.Conv2d(3, 8, 3, { bias: false }), new BatchNorm2d(8), new nn.ReLU()).init(random.key(0));
 * foldBatchNorms(model); // => ['1']
 * Object.keys(model.stateDict()); // => ['0.weight', '0.bias']
 * ```
 */
export function foldBatchNorms(model: nn.Module<never, unknown>): string[] {
  if (!nn.isModule(model)) fail('option', `foldBatchNorms: \`model\` must be a module, received ${show(model)}.`);
  const folded: string[] = [];
  for (const [path, module] of model.namedModules()) {
    if (!(module instanceof nn.Sequential)) continue;
    const layers = module.layers as nn.Module[];
    layers.forEach((norm, i) => {
      const layer = layers[i - 1];
      if (!(norm instanceof BatchNormModule) || !norm.trackRunningStats || !isFoldable(layer)) return;
      // In this place only: a layer or norm in two places keeps its weights in the other.
      const [both, gone] = [foldBatchNorm(layer, norm), new Set<unknown>([layer, norm])];
      layers.splice(i - 1, 2, both, new nn.Identity());
      model.assignPaths();
      for (const [, other] of model.namedModules()) gone.delete(other);
      for (const old of gone) for (const value of Object.values((old as nn.Module).stateDict())) value.dispose();
      folded.push(path === '' ? String(i) : `${path}.${i}`);
    });
  }
  return folded;
}
