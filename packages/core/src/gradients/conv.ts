/** Convolution and its two adjoints. Each is linear in both inputs, so every gradient is another of the three. */
import type { Gradient } from '../autograd/tape';
import type { ConvAttrs } from '../kernels/structured';
import { convInputGradKernel, convKernel, convWeightGradKernel } from '../ops/conv-kernels';
import { spatialOf } from '../ops/spatial';
import type { Recorded } from '../ops/dispatch';

const attrsOf = (node: Recorded): ConvAttrs => node.attrs as unknown as ConvAttrs;

/** y = conv(x, w). */
export const convGradient: Gradient = (node, [dy], needs) => {
  const [x, w] = node.inputs;
  if (!x || !w || !dy) return [];
  return [
    needs[0] ? convInputGradKernel(dy, w, x.shape, attrsOf(node)) : undefined,
    needs[1] ? convWeightGradKernel(x, dy, w.shape, attrsOf(node)) : undefined,
  ];
};

/** y = convInputGrad(v, w), with v of the shape of a convolution's output. */
export const convInputGradGradient: Gradient = (node, [dy], needs) => {
  const [v, w] = node.inputs;
  if (!v || !w || !dy) return [];
  return [
    needs[0] ? convKernel(dy, w, spatialOf(v.shape), attrsOf(node)) : undefined,
    needs[1] ? convWeightGradKernel(dy, v, w.shape, attrsOf(node)) : undefined,
  ];
};

/** y = convWeightGrad(x, v), of the weight's shape. */
export const convWeightGradGradient: Gradient = (node, [dy], needs) => {
  const [x, v] = node.inputs;
  if (!x || !v || !dy) return [];
  return [
    needs[0] ? convInputGradKernel(v, dy, x.shape, attrsOf(node)) : undefined,
    needs[1] ? convKernel(x, dy, spatialOf(v.shape), attrsOf(node)) : undefined,
  ];
};
