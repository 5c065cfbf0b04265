// mlp-step with jax-js on its wasm device, the whole step under jit, which is its fastest form. It picks its own threads.
import { defaultDevice, init, jit, lax, nn, numpy as np, random, valueAndGrad } from '@jax-js/jax';
import { data, measure, report } from '../measure.mjs';

await init('wasm');
defaultDevice('wasm');
const batch = 128;
const array = (values, shape) => np.array(values).reshape(shape);
const sizes = [784, 512, 512, 10];
const flat = sizes.slice(1).flatMap((n, i) => [array(data(sizes[i] * n, i).map((v) => v * 0.1), [sizes[i], n]), np.zeros([n])]);
const x = array(data(batch * 784), [batch, 784]);
const y = nn.oneHot(np.array(Int32Array.from({ length: batch }, (_, i) => i % 10), { dtype: np.int32 }), 10);

const forward = (params, input, labels, mask1, mask2) => {
  const [w1, b1, w2, b2, w3, b3] = params;
  const h1 = nn.relu(np.matmul(input, w1).add(b1)).mul(mask1);
  const h2 = nn.relu(np.matmul(h1, w2).add(b2)).mul(mask2);
  return nn.logSoftmax(np.matmul(h2, w3).add(b3)).mul(labels).sum().mul(-1 / batch);
};
const [lr, b1, b2, eps, decay] = [1e-3, 0.9, 0.999, 1e-8, 1e-2];
// params, first and second moments, their bias corrections, the batch and the key of the masks -> the loss and the new state.
const step = jit((params, m, v, c1, c2, input, labels, key) => {
  const [k1, k2] = [random.bernoulli(key.ref, 0.5, [batch, 512]), random.bernoulli(key.add(1).astype(np.uint32), 0.5, [batch, 512])];
  const mask = (bits) => bits.astype(np.float32).mul(2);
  const [value, grads] = valueAndGrad(forward)(params.map((p) => p.ref), input, labels, mask(k1), mask(k2));
  const out = params.map((p, i) => {
    const g = grads[i];
    const mn = m[i].mul(b1).add(g.ref.mul(1 - b1));
    const vn = v[i].mul(b2).add(g.ref.mul(g).mul(1 - b2));
    const update = mn.ref.div(c1.ref).mul(lr).div(np.sqrt(vn.ref.div(c2.ref)).add(eps));
    return [p.mul(1 - lr * decay).sub(update), mn, vn];
  });
  c1.dispose();
  c2.dispose();
  return [value, out.map((o) => o[0]), out.map((o) => o[1]), out.map((o) => o[2])];
});

let params = flat;
let m = flat.map((p) => np.zeros(p.shape));
let v = flat.map((p) => np.zeros(p.shape));
let t = 0;
const run = async () => {
  t++;
  const key = random.key(t);
  const [value, p, mn, vn] = step(params, m, v, np.array(1 - b1 ** t), np.array(1 - b2 ** t), x.ref, y.ref, key);
  [params, m, v] = [p, mn, vn];
  const loss = await value.jsAsync();
  if (!Number.isFinite(loss)) throw new Error(`jax-js: loss ${loss}`);
  return loss;
};
void lax;
report({ ...await measure(run, { warmup: 5 }), description: 'jax-js 0.1.25, wasm, jit of the whole step' });
process.exit(0);
