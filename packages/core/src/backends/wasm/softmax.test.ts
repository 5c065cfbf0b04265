import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bench, type Bench, close, noise } from './testing';

let b: Bench;
beforeAll(async () => { b = await bench(); });
afterAll(() => b.executor.dispose());

function logs(x: Float32Array, n: number): Float64Array {
  const y = new Float64Array(x.length);
  for (let r = 0; r < x.length; r += n) {
    const row = x.subarray(r, r + n);
    const m = Math.max(...row);
    const shift = m + Math.log(row.reduce((s, v) => s + Math.exp(v - m), 0));
    row.forEach((v, i) => { y[r + i] = v - shift; });
  }
  return y;
}

describe.each([[1, 1], [3, 2], [5, 10], [2, 64], [129, 1001]])('[%i, %i]', (rows, n) => {
  const x = noise(rows * n).map((v) => v * 20);
  const dy = noise(rows * n, 2);
  const shape = [rows, n];

  it('softmax and logSoftmax', async () => {
    const truth = logs(x, n);
    expect(close((await b.run('logSoftmax', [b.floats(x, shape)], [b.like(shape)]))[0]!, truth)).toBeLessThan(1e-6);
    expect(close((await b.run('softmax', [b.floats(x, shape)], [b.like(shape)]))[0]!, truth.map(Math.exp))).toBeLessThan(3e-6);
  });

  it('their gradients', async () => {
    const y = Float32Array.from(logs(x, n));
    const p = y.map(Math.exp);
    const want = new Float64Array(x.length);
    const wantLog = new Float64Array(x.length);
    for (let r = 0; r < x.length; r += n) {
      let dot = 0;
      let sum = 0;
      for (let i = r; i < r + n; i++) {
        dot += dy[i]! * p[i]!;
        sum += dy[i]!;
      }
      for (let i = r; i < r + n; i++) {
        want[i] = p[i]! * (dy[i]! - dot);
        wantLog[i] = dy[i]! - Math.exp(y[i]!) * sum;
      }
    }
    expect(close((await b.run('softmaxGrad', [b.floats(dy, shape), b.floats(p, shape)], [b.like(shape)]))[0]!, want)).toBeLessThan(2e-6);
    expect(close((await b.run('logSoftmaxGrad', [b.floats(dy, shape), b.floats(y, shape)], [b.like(shape)]))[0]!, wantLog)).toBeLessThan(2e-6);
  });
});

it('handles infinite entries as PyTorch does', async () => {
  const [y] = await b.run('softmax', [b.floats([-Infinity, 0, 0, -Infinity, -Infinity, -Infinity], [2, 3])], [b.like([2, 3])]);
  expect([...y!]).toEqual([0, 0.5, 0.5, NaN, NaN, NaN]);
});
