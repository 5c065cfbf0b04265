/** Gradient checks of softmax, normalization, attention, dropout and the squared norm. */
import { ops, random, tensor } from '../../index';
import { draw, type GradientCase, gradientCase } from './case';

const { batchNorm, addNormal, dropout, layerNorm, logSoftmax, normalizeChannels, scaledDotProductAttention, softmax, sumSquares } = ops;

export const normCases: readonly GradientCase[] = [
  gradientCase('softmax', { x: draw(2, 4) }, ({ x }) => softmax(x)),
  gradientCase('softmax: another axis', { x: draw(2, 3, 2) }, ({ x }) => softmax(x, 1)),
  gradientCase('logSoftmax', { x: draw(2, 4) }, ({ x }) => logSoftmax(x)),
  gradientCase('logSoftmax: another axis', { x: draw(3, 2) }, ({ x }) => logSoftmax(x, 0)),
  gradientCase('layerNorm', { x: draw(2, 4), w: draw(4), b: draw(4) }, ({ x, w, b }) => layerNorm(x, w, b)),
  gradientCase('layerNorm: two axes, no affine', { x: draw(2, 2, 3) }, ({ x }) => layerNorm(x, null, null, { normalizedShape: [2, 3] })),
  gradientCase('layerNorm: weight alone', { x: draw(2, 3), w: draw(3) }, ({ x, w }) => layerNorm(x, w)),
  gradientCase('batchNorm', { x: draw(4, 2), w: draw(2), b: draw(2) }, ({ x, w, b }) => batchNorm(x, w, b).output),
  gradientCase('batchNorm: spatial, no affine', { x: draw(2, 2, 2, 2) }, ({ x }) => batchNorm(x).output),
  gradientCase('batchNorm: bias alone', { x: draw(3, 2, 2), b: draw(2) }, ({ x, b }) => batchNorm(x, null, b).output),
  gradientCase('batchNorm: its statistics', { x: draw(3, 2), w: draw(2), b: draw(2) }, ({ x, w, b }) => {
      const { output, mean, variance } = batchNorm(x, w, b);
      return [output, ops.square(mean), ops.square(variance)];
    }),
  gradientCase('normalizeChannels', { x: draw(2, 2, 3), m: draw(2), v: draw(2), w: draw(2), b: draw(2) }, ({ x, m, v, w, b }) => normalizeChannels(x, m, ops.exp(v), w, b)),
  gradientCase('scaledDotProductAttention', { q: draw(2, 3, 2), k: draw(2, 4, 2), v: draw(2, 4, 3) }, ({ q, k, v }) => scaledDotProductAttention(q, k, v)),
  gradientCase('scaledDotProductAttention: causal', { q: draw(3, 2), k: draw(3, 2), v: draw(3, 2) }, ({ q, k, v }) => scaledDotProductAttention(q, k, v, { isCausal: true, scale: 1 })),
  gradientCase('scaledDotProductAttention: masks', { q: draw(2, 2), k: draw(3, 2), v: draw(3, 2), m: draw(2, 3) }, ({ q, k, v, m }) => ops.add(
      scaledDotProductAttention(q, k, v, { attnMask: m }),
      scaledDotProductAttention(q, k, v, { attnMask: tensor([[true, false, true], [true, true, false]]) }),
    )),
  gradientCase('dropout', { x: draw(20) }, ({ x }) => ops.square(dropout(x, 0.4, random.key(3)))),
  gradientCase('addNormal', { x: draw(20) }, ({ x }) => ops.square(addNormal(x, 0.4, random.key(3)))),
  gradientCase('sumSquares', { x: draw(3), y: draw(2, 2) }, ({ x, y }) => sumSquares([x, y])),
];
