import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bench, type Bench, close, noise } from './testing';

let b: Bench;
beforeAll(async () => { b = await bench(); });
afterAll(() => b.executor.dispose());

const eps = 1e-5;

/** Mean and biased variance of the elements of x whose positions are given. */
function moments(x: Float32Array, positions: number[]): [number, number] {
  const mean = positions.reduce((s, p) => s + x[p]!, 0) / positions.length;
  return [mean, positions.reduce((s, p) => s + (x[p]! - mean) ** 2, 0) / positions.length];
}

/** dx of normalizing the positions, for the gradient g of the normalized values. */
function gradient(x: Float32Array, positions: number[], g: (p: number) => number, dx: Float64Array): void {
  const [mean, variance] = moments(x, positions);
  const rstd = 1 / Math.sqrt(variance + eps);
  const h = (p: number): number => (x[p]! - mean) * rstd;
  const count = positions.length;
  const a = positions.reduce((s, p) => s + g(p), 0) / count;
  const c = positions.reduce((s, p) => s + g(p) * h(p), 0) / count;
  for (const p of positions) dx[p] = rstd * (g(p) - a - h(p) * c);
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe.each([[1, 1], [3, 5], [40, 64], [2, 1003], [300, 7]])('layerNorm [%i, %i]', (rows, n) => {
  // Far from 0, where a variance from sums of squares would cancel.
  const x = noise(rows * n, 1).map((v) => v + 30);
  const [dy, w, bias] = [noise(rows * n, 2), noise(n, 3), noise(n, 4)];
  const row = (r: number): number[] => range(n).map((i) => r * n + i);
  const stats = range(rows).map((r) => moments(x, row(r)));
  const rstd = stats.map(([, v]) => 1 / Math.sqrt(v + eps));
  const h = Float64Array.from(x, (v, p) => (v - stats[Math.floor(p / n)]![0]) * rstd[Math.floor(p / n)]!);

  it.each([true, false])('with weights: %s', async (weighted) => {
    const outputs = [b.like([rows, n]), b.like([rows]), b.like([rows])];
    const [y, mean, r] = await b.run('layerNorm', [b.floats(x, [rows, n]), ...(weighted ? [b.floats(w), b.floats(bias)] : [])], outputs, {}, [eps]);
    // x near 30 holds 2e-6 of its own; divided by a deviation of .5 that is what remains.
    expect(close(y!, weighted ? h.map((v, p) => v * w[p % n]! + bias[p % n]!) : h)).toBeLessThan(n === 1 ? 1e-2 : 1e-5);
    expect(close(mean!, stats.map(([m]) => m))).toBeLessThan(1e-6);
    if (n > 1) expect(close(r!, rstd)).toBeLessThan(1e-5);
  });

  it.each([true, false])('gradient, with weights: %s', async (weighted) => {
    const wantX = new Float64Array(x.length);
    for (let r = 0; r < rows; r++) gradient(x, row(r), (p) => dy[p]! * (weighted ? w[p % n]! : 1), wantX);
    const inputs = [b.floats(dy, [rows, n]), b.floats(x, [rows, n]), b.floats(stats.map(([m]) => m)), b.floats(rstd), ...(weighted ? [b.floats(w)] : [])];
    const outputs = [b.like([rows, n]), ...(weighted ? [b.like([n]), b.like([n])] : [])];
    const [dx, dw, db] = await b.run('layerNormGrad', inputs, outputs);
    if (n > 1) expect(close(dx!, wantX)).toBeLessThan(2e-5);
    if (!weighted || n === 1) return;
    expect(close(dw!, range(n).map((i) => range(rows).reduce((s, r) => s + dy[r * n + i]! * h[r * n + i]!, 0)))).toBeLessThan(2e-5);
    expect(close(db!, range(n).map((i) => range(rows).reduce((s, r) => s + dy[r * n + i]!, 0)))).toBeLessThan(1e-6);
  });
});

describe.each([[64, 5, 1], [200, 33, 1], [6, 16, 1], [3, 4, 7], [2, 3, 300], [5, 1, 16]])('batchNorm [%i, %i, %i]', (N, C, S) => {
  const x = noise(N * C * S, 1).map((v) => v + 5);
  const [dy, w, bias] = [noise(N * C * S, 2), noise(C, 3), noise(C, 4)];
  const channel = (p: number): number => Math.floor(p / S) % C;
  const positions = range(C).map((c) => range(N * C * S).filter((p) => channel(p) === c));
  const stats = positions.map((p) => moments(x, p));
  const h = Float64Array.from(x, (v, p) => (v - stats[channel(p)]![0]) / Math.sqrt(stats[channel(p)]![1] + eps));
  const shape = [N, C, S];

  it.each([true, false])('with weights: %s', async (weighted) => {
    const inputs = [b.floats(x, shape), ...(weighted ? [b.floats(w), b.floats(bias)] : [])];
    const [y, mean, variance] = await b.run('batchNorm', inputs, [b.like(shape), b.like([C]), b.like([C])], {}, [eps]);
    expect(close(y!, weighted ? h.map((v, p) => v * w[channel(p)]! + bias[channel(p)]!) : h)).toBeLessThan(1e-5);
    expect(close(mean!, stats.map(([m]) => m))).toBeLessThan(1e-6);
    expect(close(variance!, stats.map(([, v]) => v))).toBeLessThan(1e-5);
  });

  it.each([true, false])('gradient, with weights: %s', async (weighted) => {
    const wantX = new Float64Array(x.length);
    positions.forEach((p, c) => gradient(x, p, (q) => dy[q]! * (weighted ? w[c]! : 1), wantX));
    const inputs = [b.floats(dy, shape), b.floats(x, shape), b.floats(stats.map(([m]) => m)), b.floats(stats.map(([, v]) => v)), ...(weighted ? [b.floats(w)] : [])];
    const [dx, dw, db] = await b.run('batchNormGrad', inputs, [b.like(shape), ...(weighted ? [b.like([C]), b.like([C])] : [])], {}, [eps]);
    expect(close(dx!, wantX)).toBeLessThan(2e-5);
    if (!weighted) return;
    expect(close(dw!, positions.map((p) => p.reduce((s, q) => s + dy[q]! * h[q]!, 0)))).toBeLessThan(1e-5);
    expect(close(db!, positions.map((p) => p.reduce((s, q) => s + dy[q]!, 0)))).toBeLessThan(1e-5);
  });
});
