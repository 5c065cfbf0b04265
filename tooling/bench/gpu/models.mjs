/**
 * The models of the GPU benchmark and their data, the same for everybody: one batch, cross entropy of 10 classes, Adam. `small` is for
 * adapters that compute on the processor.
 *
 * mlp: linear, ReLU, dropout .5, twice, linear. cnn: three 3x3 convolutions with ReLU, the second and third of stride 2, linear.
 * transformer: one encoder layer (norms behind the sums, ReLU), the mean over positions, linear.
 */
import { data } from '../measure.mjs';

export const models = ['mlp', 'cnn', 'transformer'];

/** @typedef {{ batch: number, mlp: { inputs: number, hidden: number }, cnn: { side: number, channels: number[] }, transformer: { length: number, width: number, heads: number, hidden: number } }} Size */

/** @type {Record<string, Size>} */
export const sizes = {
  small: { batch: 16, mlp: { inputs: 784, hidden: 128 }, cnn: { side: 28, channels: [8, 16, 32] }, transformer: { length: 16, width: 32, heads: 2, hidden: 64 } },
  large: { batch: 128, mlp: { inputs: 784, hidden: 512 }, cnn: { side: 28, channels: [32, 64, 128] }, transformer: { length: 64, width: 128, heads: 4, hidden: 512 } },
};

export const classes = 10;
export const adam = { lr: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8 };

/** @param {Size} size */
const shapeOf = (size, /** @type {string} */ model) => ({
  mlp: [size.batch, size.mlp.inputs],
  cnn: [size.batch, 1, size.cnn.side, size.cnn.side],
  transformer: [size.batch, size.transformer.length, size.transformer.width],
})[model] ?? [];

const elements = (/** @type {number[]} */ shape) => shape.reduce((a, b) => a * b, 1);

/** @param {Size} size */
export const batchOf = (size, /** @type {string} */ model) => ({
  shape: shapeOf(size, model),
  inputs: data(elements(shapeOf(size, model))),
  labels: Int32Array.from({ length: size.batch }, (_, i) => i % classes),
});

/**
 * Shapes of the weights in PyTorch's order (linear [in, out] here, convolution [out, in, 3, 3]), for libraries that are handed them.
 * @param {Size} size
 * @returns {Record<string, number[]>}
 */
export function weightShapes(size, model) {
  if (model === 'mlp') {
    const { inputs, hidden } = size.mlp;
    return { w1: [inputs, hidden], b1: [hidden], w2: [hidden, hidden], b2: [hidden], w3: [hidden, classes], b3: [classes] };
  }
  if (model === 'cnn') {
    const { side, channels: [a = 0, b = 0, c = 0] } = size.cnn;
    return { k1: [a, 1, 3, 3], b1: [a], k2: [b, a, 3, 3], b2: [b], k3: [c, b, 3, 3], b3: [c], w: [c * Math.ceil(side / 4) ** 2, classes], b: [classes] };
  }
  const { width, hidden } = size.transformer;
  return {
    wq: [width, width], bq: [width], wk: [width, width], bk: [width], wv: [width, width], bv: [width], wo: [width, width], bo: [width],
    g1: [width], s1: [width], w1: [width, hidden], b1: [hidden], w2: [hidden, width], b2: [width], g2: [width], s2: [width], w: [width, classes], b: [classes],
  };
}

/** Values of a weight: gains 1, biases 0, others small. */
export const initial = (/** @type {string} */ name, /** @type {number[]} */ shape) =>
  name.startsWith('g') ? new Float32Array(elements(shape)).fill(1) : shape.length === 1 ? new Float32Array(elements(shape)) : data(elements(shape), name.length + shape[0]).map((v) => v * 0.1);
