// tfjs in mode webgl or webgpu: its own Adam, NHWC as it wants it.
import * as tf from '@tensorflow/tfjs';
// oxlint-disable-next-line import/no-unassigned-import -- it registers the backend
import '@tensorflow/tfjs-backend-webgpu';
import { adam, batchOf, classes, initial, weightShapes } from './models.mjs';

const linear = (x, w, b) => tf.add(tf.matMul(x, w), b);

function norm(x, gain, shift) {
  const { mean, variance } = tf.moments(x, -1, true);
  return tf.add(tf.mul(tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5))), gain), shift);
}

const forwards = {
  mlp: ({ w1, b1, w2, b2, w3, b3 }, x) => {
    const hidden = (h, w, b) => tf.dropout(tf.relu(linear(h, w, b)), 0.5);
    return linear(hidden(hidden(x, w1, b1), w2, b2), w3, b3);
  },
  cnn: ({ k1, b1, k2, b2, k3, b3, w, b }, x) => {
    const conv = (h, kernel, bias, stride) => tf.relu(tf.add(tf.conv2d(h, kernel, stride, stride === 1 ? 'same' : [[0, 0], [1, 1], [1, 1], [0, 0]]), bias));
    const h = conv(conv(conv(x, k1, b1, 1), k2, b2, 2), k3, b3, 2);
    return linear(tf.reshape(h, [h.shape[0], -1]), w, b);
  },
  transformer: (p, x, { transformer: { length, width, heads } }) => {
    const batch = x.shape[0];
    const rows = tf.reshape(x, [-1, width]);
    const split = (w, b) => tf.transpose(tf.reshape(linear(rows, w, b), [batch, length, heads, width / heads]), [0, 2, 1, 3]);
    const [q, k, v] = [split(p.wq, p.bq), split(p.wk, p.bk), split(p.wv, p.bv)];
    const weights = tf.softmax(tf.mul(tf.matMul(q, k, false, true), (width / heads) ** -0.5));
    const attended = tf.reshape(tf.transpose(tf.matMul(weights, v), [0, 2, 1, 3]), [-1, width]);
    const h = norm(tf.add(rows, linear(attended, p.wo, p.bo)), p.g1, p.s1);
    const y = norm(tf.add(h, linear(tf.relu(linear(h, p.w1, p.b1)), p.w2, p.b2)), p.g2, p.s2);
    return linear(tf.mean(tf.reshape(y, [batch, length, width]), 1), p.w, p.b);
  },
};

export async function prepare(mode, name, size) {
  if (!await tf.setBackend(mode)) throw new Error(`tfjs has no backend '${mode}' here`);
  await tf.ready();
  const { inputs, labels, shape } = batchOf(size, name);
  const x = name === 'cnn' ? tf.reshape(tf.tensor(inputs), [shape[0], shape[2], shape[3], 1]) : tf.tensor(inputs, shape);
  const y = tf.cast(tf.oneHot(tf.tensor1d(Array.from(labels), 'int32'), classes), 'float32');
  const weights = Object.fromEntries(Object.entries(weightShapes(size, name)).map(([key, dims]) => {
    const values = tf.tensor(initial(key, dims), dims);
    return [key, tf.variable(dims.length === 4 ? tf.transpose(values, [2, 3, 1, 0]) : values)];
  }));
  const optimizer = tf.train.adam(adam.lr, adam.beta1, adam.beta2, adam.eps);
  const loss = () => tf.mul(tf.sum(tf.mul(tf.logSoftmax(forwards[name](weights, x, size)), y)), -1 / size.batch);
  return {
    description: `tfjs ${tf.version.tfjs}`,
    step: async () => {
      const value = optimizer.minimize(loss, true, Object.values(weights));
      const [number] = await value.data();
      value.dispose();
      return number;
    },
  };
}
