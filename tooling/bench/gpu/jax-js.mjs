// jax-js in mode webgpu, the whole step under jit, its fastest form. A function takes what it is given: `.ref` keeps another use.
import { defaultDevice, init, jit, lax, nn, numpy as np, random, valueAndGrad } from '@jax-js/jax';
import { adam, batchOf, classes, initial, weightShapes } from './models.mjs';

const linear = (x, w, b) => np.matmul(x, w).add(b);
const norm = (x, gain, shift) => nn.standardize(x, -1, { epsilon: 1e-5 }).mul(gain).add(shift);

const forwards = {
  mlp: ([w1, b1, w2, b2, w3, b3], x, [mask1, mask2]) =>
    linear(nn.relu(linear(nn.relu(linear(x, w1, b1)).mul(mask1), w2, b2)).mul(mask2), w3, b3),
  cnn: ([k1, b1, k2, b2, k3, b3, w, b], x) => {
    const conv = (h, kernel, bias, stride) => {
      const channels = kernel.shape[0];
      return nn.relu(lax.convGeneralDilated(h, kernel, [stride, stride], [[1, 1], [1, 1]]).add(bias.reshape([1, channels, 1, 1])));
    };
    const h = conv(conv(conv(x, k1, b1, 1), k2, b2, 2), k3, b3, 2);
    return linear(h.reshape([x.shape[0], -1]), w, b);
  },
  transformer: ([wq, bq, wk, bk, wv, bv, wo, bo, g1, s1, w1, b1, w2, b2, g2, s2, w, b], x, _, { batch, transformer: { length, width, heads } }) => {
    const rows = x.reshape([batch * length, width]);
    const split = (weight, bias) => linear(rows.ref, weight, bias).reshape([batch, length, heads, width / heads]);
    const attended = nn.dotProductAttention(split(wq, bq), split(wk, bk), split(wv, bv)).reshape([batch * length, width]);
    const h = norm(rows.add(linear(attended, wo, bo)), g1, s1);
    const y = norm(h.ref.add(linear(nn.relu(linear(h, w1, b1)), w2, b2)), g2, s2);
    return linear(y.reshape([batch, length, width]).mean(1), w, b);
  },
};

export async function prepare(mode, name, size) {
  const devices = await init(mode);
  if (!devices.includes(mode)) throw new Error(`jax-js has no device '${mode}' here`);
  defaultDevice(mode);
  const { inputs, labels, shape } = batchOf(size, name);
  const array = (values, dims) => np.array(values).reshape(dims);
  const x = array(inputs, shape);
  const y = nn.oneHot(np.array(labels, { dtype: np.int32 }), classes);
  const { lr, beta1, beta2, eps } = adam;
  const loss = (params, input, target, masks) => nn.logSoftmax(forwards[name](params, input, masks, size)).mul(target).sum().mul(-1 / size.batch);
  const step = jit((params, m, v, c1, c2, input, target, key) => {
    const drawn = name === 'mlp' ? [random.bernoulli(key.ref, 0.5, [size.batch, size.mlp.hidden]), random.bernoulli(key.add(1).astype(np.uint32), 0.5, [size.batch, size.mlp.hidden])] : (key.dispose(), []);
    const [value, grads] = valueAndGrad(loss)(params.map((p) => p.ref), input, target, drawn.map((bits) => bits.astype(np.float32).mul(2)));
    const out = params.map((p, i) => {
      const g = grads[i];
      const mn = m[i].mul(beta1).add(g.ref.mul(1 - beta1));
      const vn = v[i].mul(beta2).add(g.ref.mul(g).mul(1 - beta2));
      return [p.sub(mn.ref.div(c1.ref).mul(lr).div(np.sqrt(vn.ref.div(c2.ref)).add(eps))), mn, vn];
    });
    c1.dispose();
    c2.dispose();
    return [value, out.map((o) => o[0]), out.map((o) => o[1]), out.map((o) => o[2])];
  });
  const shapes = Object.entries(weightShapes(size, name));
  let params = shapes.map(([key, dims]) => array(initial(key, dims), dims));
  let m = shapes.map(([, dims]) => np.zeros(dims));
  let v = shapes.map(([, dims]) => np.zeros(dims));
  let t = 0;
  return {
    description: 'jax-js 0.1.25, jit of the whole step',
    step: async () => {
      t++;
      const [value, p, mn, vn] = step(params, m, v, np.array(1 - beta1 ** t), np.array(1 - beta2 ** t), x.ref, y.ref, random.key(t));
      [params, m, v] = [p, mn, vn];
      return value.jsAsync();
    },
  };
}
