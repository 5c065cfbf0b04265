// Ours: modules, a loop of one's own, as docs/custom-loop.md shows it, on any backend.
import { backendInfo, losses, nn, ops, optim, random, tensor, useBackend } from '@parsimony/core';
import { gpuExecutor } from '@parsimony/core/gpu';
import { Dropout } from '@parsimony/dropout';
import { ownLoop } from '../own-loop.mjs';
import { adam, batchOf, classes } from './models.mjs';

/** One encoder layer, the mean over positions, a linear map. */
class Encoder extends nn.Module {
  constructor({ width, heads, hidden }) {
    super();
    this.layer = new nn.TransformerEncoderLayer(width, heads, { dimFeedforward: hidden, dropout: 0, batchFirst: true });
    this.head = new nn.Linear(width, classes);
  }

  compute(x, ctx) { return this.head.forward(ops.mean(this.layer.forward(x, ctx), { axis: 1 }), ctx); }
}

const build = {
  mlp: ({ mlp: { inputs, hidden } }) => new nn.Sequential(
    new nn.Linear(inputs, hidden), new nn.ReLU(), new Dropout({ p: 0.5 }),
    new nn.Linear(hidden, hidden), new nn.ReLU(), new Dropout({ p: 0.5 }), new nn.Linear(hidden, classes)),
  cnn: ({ cnn: { side, channels: [a, b, c] } }) => new nn.Sequential(
    new nn.Conv2d(1, a, 3, { padding: 1 }), new nn.ReLU(), new nn.Conv2d(a, b, 3, { padding: 1, stride: 2 }), new nn.ReLU(),
    new nn.Conv2d(b, c, 3, { padding: 1, stride: 2 }), new nn.ReLU(), new nn.Flatten(), new nn.Linear(c * Math.ceil(side / 4) ** 2, classes)),
  transformer: ({ transformer }) => new Encoder(transformer),
};

/** @param {string} mode 'wasm', 'wasm 1' (one thread), a mode of gpu.js, 'webgpu' with a way of products, 'tiles' or 'registers', or a mode with 'gpu.js', which is without shaders of our own. */
export async function prepare(mode, name, size) {
  if (mode.startsWith('wasm')) await useBackend('wasm', mode === 'wasm 1' ? { threads: 1 } : {});
  else {
    const [api, way] = mode.split(' ');
    await useBackend(gpuExecutor({ mode: api, strict: true, ...(way === 'gpu.js' ? { wgsl: false, glsl: false } : way ? { wgsl: way } : {}) }));
  }
  const { inputs, labels, shape } = batchOf(size, name);
  const x = tensor(inputs, shape);
  const target = { kind: 'index', numClasses: classes, labels: tensor(labels) };
  const model = build[name](size).init(random.key(0));
  const loss = losses.crossEntropy();
  const { lr, beta1, beta2, eps } = adam;
  const optimizer = optim.adam({ lr, betas: [beta1, beta2], eps });
  return { description: backendInfo().description, step: ownLoop({ model, loss, optimizer, x, target }) };
}
