/** What all masks have in common: the same bits on every backend and number of threads, untouched by plugins, drawn again and not kept. */
import { type AnyPlugin, arrayDataset, definePlugin, type Grads, losses, memory, nn, ones, ops, optim, random, scope, type Tensor, tensor, Trainer, training, useBackend, valueAndGrad } from '@parsimony/core';
import { useReference } from '@parsimony/testkit';
import { describe, expect, test } from 'vitest';
import {
  alphaDropout, AlphaDropout, dropBlock2d, dropBlock3d, dropConnect, Dropout, dropout, dropout1d, Dropout2d, dropout2d, dropout3d, DropPath, dropPath, embeddingDropout,
  featureAlphaDropout, gaussianDropout, gaussianNoise, patchDropout, shakeDrop, shakeShake, stochasticDepth, variationalDropout, wordDropout, zoneout,
} from '@parsimony/dropout';

const key = random.at(random.foldIn(random.key(43), 'layer'), { step: 7, call: 2 });
const half = { p: 0.37, key };

/** Large enough for kernels to share the work between threads. Each output shows its mask. */
const techniques: Readonly<Record<string, () => Tensor>> = {
  dropout: () => dropout(ones([40_000]), half),
  dropPath: () => dropPath(ones([800, 100]), half),
  stochasticDepth: () => stochasticDepth(ones([800, 100]), { ...half, mode: 'row' }),
  dropout1d: () => dropout1d(ones([40, 30, 30]), half),
  dropout2d: () => dropout2d(ones([40, 30, 3, 10]), half),
  dropout3d: () => dropout3d(ones([40, 30, 3, 1, 10]), half),
  alphaDropout: () => alphaDropout(ones([40_000]), half),
  featureAlphaDropout: () => featureAlphaDropout(ones([40, 30, 30]), half),
  gaussianDropout: () => gaussianDropout(ones([40_000]), half),
  gaussianNoise: () => gaussianNoise(ones([40_000]), { std: 1, key }),
  dropConnect: () => dropConnect(ones([200, 400]), half),
  embeddingDropout: () => embeddingDropout(ones([900, 100]), half),
  dropBlock2d: () => dropBlock2d(ones([4, 30, 16, 16]), { p: 0.1, key, blockSize: 4 }),
  dropBlock3d: () => dropBlock3d(ones([3, 10, 8, 9, 10]), { p: 0.1, key, blockSize: 3 }),
  variationalDropout: () => variationalDropout(ones([8, 100, 100]), half),
  zoneout: () => zoneout(ones([40_000]), ops.mul(ones([40_000]), 2), half),
  wordDropout: () => wordDropout(ones([300, 300], { dtype: 'int32' }), { ...half, unkIdx: 5 }),
  patchDropout: () => patchDropout(tensor(Float32Array.from({ length: 32 * 197 * 8 }, (_, i) => i), [32, 197, 8]), half),
  shakeShake: () => shakeShake(ones([800, 100]), ops.mul(ones([800, 100]), 0), { key }),
  shakeDrop: () => shakeDrop(ones([800, 100]), half),
};

test('the same on the reference and on one and two threads', async () => {
  const draw = async (): Promise<Record<string, Float32Array>> =>
    Object.fromEntries(await Promise.all(Object.entries(techniques).map(async ([name, run]) => [name, Float32Array.from(await run().data())] as const)));
  await useReference();
  const expected = await draw();
  await useBackend('wasm', { threads: 1 });
  const one = await draw();
  await useBackend('wasm', { threads: 2 });
  const two = await draw();
  for (const [name, values] of Object.entries(expected)) {
    const found = one[name] ?? new Float32Array();
    expect(found.length, name).toBe(values.length);
    // What was dropped is the same to the element; what is left differs by the rounding of float32.
    let worst = 0;
    values.forEach((v, i) => { worst = Math.max(worst, Math.abs(v - (found[i] ?? NaN)) / Math.max(1, Math.abs(v))); });
    expect(worst, name).toBeLessThan(1e-6);
    expect(Buffer.from(found.buffer).equals(Buffer.from((two[name] ?? found).buffer)), `${name} on two threads`).toBe(true);
  }
});

describe('in a fit', () => {
  /** What the first layer makes of ones, at every step. */
  async function masksOf(plugins: readonly AnyPlugin[]): Promise<number[][]> {
    const seen: Promise<ArrayLike<number>>[] = [];
    const watch = definePlugin({
      name: 'watch', version: '1.0.0', apiVersion: 1, options: {}, claims: {}, batchSemantics: 'per-sample',
      hooks: { transformActivation: { match: '0', handler: (y) => { seen.push(y.data()); return undefined; } } },
    });
    const model = new nn.Sequential(new Dropout({ p: 0.5 }), new DropPath({ p: 0.5 }), new AlphaDropout({ p: 0.1 }), new nn.Linear(16, 2));
    const data = arrayDataset({ inputs: new Float32Array(32 * 16).fill(1), shape: [16], labels: Array.from({ length: 32 }, (_, i) => i % 2), numClasses: 2 });
    await new Trainer({ model, loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 3, plugins: [...plugins, watch] }).fit({ train: data, epochs: 2, batchSize: 8 });
    return Promise.all(seen.map(async (values) => Array.from(await values)));
  }

  test('adding a plugin that draws changes no mask', async () => {
    await useBackend('wasm');
    let drew = 0;
    const noisy = definePlugin({
      name: 'noisy', version: '1.0.0', apiVersion: 1, options: {}, claims: {}, batchSemantics: 'per-sample',
      hooks: { transformGrads: (grads, ctx) => Object.fromEntries(Object.entries(grads).map(([path, g]) => {
        drew++;
        return [path, ops.add(g, tensor(random.normal(ctx.rng(path), g.size), g.shape))];
      })) as Grads },
    });
    const alone = await masksOf([]);
    expect(alone.length).toBe(8);
    expect(new Set(alone.map(String)).size).toBe(8);
    expect(await masksOf([noisy])).toEqual(alone);
    expect(drew).toBe(16);
  });

  test('adding a layer changes no mask of another path', async () => {
    await useBackend('wasm');
    const dropOf = async (model: nn.Sequential, path: string): Promise<number[]> => {
      const pass = training({ key: random.key(1), step: 2 });
      const out: Promise<ArrayLike<number>>[] = [];
      pass.onActivation = (at, y) => { if (at === path) out.push((y as Tensor).data()); return y; };
      model.init(random.key(0)).forward(ones([64, 4, 2, 2]), pass);
      return Array.from(await (out[0] as Promise<ArrayLike<number>>));
    };
    const [one, two] = [new nn.Sequential(new Dropout2d()), new nn.Sequential(new Dropout2d(), new Dropout2d(), new Dropout())];
    expect(await dropOf(two, '0')).toEqual(await dropOf(one, '0'));
  });
});

// A mask that was kept would take as much memory again as it has elements; of blocks, as x.
test.each(['dropout2d', 'dropBlock2d', 'dropPath', 'patchDropout', 'shakeDrop'] as const)('%s keeps nothing for the backward pass but its output', async (name) => {
  await useBackend('wasm', { threads: 1 });
  const shape = name === 'patchDropout' ? [8, 65, 16] : [8, 16, 20, 20];
  const drops = {
    dropout2d: (x: Tensor) => dropout2d(x, half),
    dropBlock2d: (x: Tensor) => dropBlock2d(x, { ...half, blockSize: 3 }),
    dropPath: (x: Tensor) => dropPath(x, half),
    patchDropout: (x: Tensor) => patchDropout(x, half),
    shakeDrop: (x: Tensor) => shakeDrop(x, half),
  };
  scope(() => {
    valueAndGrad((x: Tensor) => {
      const before = memory().bytes;
      const y = drops[name](x);
      expect(memory().bytes - before).toBe(4 * y.size);
      return ops.sum(y);
    })(ones(shape));
  });
});
