// mlp-step with tfjs on its wasm backend (SIMD; in Node its threads do not start, so one thread).
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { data, measure, report } from '../measure.mjs';

const require = createRequire(import.meta.url);
setWasmPaths(`${join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')))}/`);
await tf.setBackend('wasm');
await tf.ready();
const batch = 128;
const sizes = [784, 512, 512, 10];
const params = sizes.slice(1).flatMap((n, i) => [
  tf.variable(tf.tensor(data(sizes[i] * n, i).map((v) => v * 0.1), [sizes[i], n])), tf.variable(tf.zeros([n])),
]);
const x = tf.tensor(data(batch * 784), [batch, 784]);
const y = tf.cast(tf.oneHot(tf.tensor1d(Array.from({ length: batch }, (_, i) => i % 10), 'int32'), 10), 'float32');
const m = params.map((p) => tf.variable(tf.zerosLike(p)));
const v = params.map((p) => tf.variable(tf.zerosLike(p)));
const [lr, b1, b2, eps, decay] = [1e-3, 0.9, 0.999, 1e-8, 1e-2];
let t = 0;

const dropout = (h) => tf.mul(h, tf.mul(tf.cast(tf.greaterEqual(tf.randomUniform(h.shape), 0.5), 'float32'), 2));
const forward = () => {
  const [w1, c1, w2, c2, w3, c3] = params;
  const h1 = dropout(tf.relu(tf.add(tf.matMul(x, w1), c1)));
  const h2 = dropout(tf.relu(tf.add(tf.matMul(h1, w2), c2)));
  return tf.mul(tf.sum(tf.mul(tf.logSoftmax(tf.add(tf.matMul(h2, w3), c3)), y)), -1 / batch);
};
const run = async () => {
  t++;
  const { value, grads } = tf.variableGrads(forward, params);
  tf.tidy(() => {
    params.forEach((p, i) => {
      const g = grads[p.name];
      m[i].assign(tf.add(tf.mul(m[i], b1), tf.mul(g, 1 - b1)));
      v[i].assign(tf.add(tf.mul(v[i], b2), tf.mul(tf.square(g), 1 - b2)));
      const update = tf.div(tf.mul(m[i], lr / (1 - b1 ** t)), tf.add(tf.sqrt(tf.div(v[i], 1 - b2 ** t)), eps));
      p.assign(tf.sub(tf.mul(p, 1 - lr * decay), update));
    });
  });
  const [loss] = await value.data();
  tf.dispose([value, grads]);
  if (!Number.isFinite(loss)) throw new Error(`tfjs-wasm: loss ${loss}`);
  return loss;
};
report({ ...await measure(run, { warmup: 5 }), description: `tfjs-wasm ${tf.version_core ?? '4.22.0'}, one thread` });
process.exit(0);
