import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bench, type Bench, ulps } from './testing';

let b: Bench;
beforeAll(async () => { b = await bench(); });
afterAll(() => b.executor.dispose());

/** Values over the whole range of float32, dense where functions turn, and the special ones. */
function arguments_(low: number, high: number, count = 20001): Float32Array {
  const out: number[] = [0, -0, 1, -1, 0.5, -0.5, 2 ** -149, 2 ** -130, 2 ** -126, 1e-20, -1e-20, 1e-8, -1e-8, Infinity, -Infinity, NaN];
  for (let i = 0; i < count; i++) out.push(low + ((high - low) * i) / (count - 1));
  for (let e = -120; e < 120; e++) for (const m of [1.1, 1.5, 1.99]) out.push(m * 2 ** e, -m * 2 ** e);
  return Float32Array.from(out);
}

function erf(x: number): number {
  // Series below 3, continued fraction above: both to float64.
  const a = Math.abs(x);
  if (Number.isNaN(x)) return NaN;
  if (a > 6) return Math.sign(x);
  if (a < 3) {
    let term = a;
    let sum = a;
    for (let n = 1; n < 120; n++) {
      term *= (-a * a) / n;
      sum += term / (2 * n + 1);
    }
    return Math.sign(x) * sum * 2 / Math.sqrt(Math.PI) || x;
  }
  let f = 0;
  for (let n = 100; n > 0; n--) f = n / 2 / (a + f);
  return Math.sign(x) * (1 - Math.exp(-a * a) / (a + f) / Math.sqrt(Math.PI));
}

describe('transcendental functions stay within their stated error', () => {
  const cases: [string, (x: number) => number, Float32Array, number][] = [
    ['exp', Math.exp, arguments_(-104, 90), 1.5],
    ['expm1', Math.expm1, arguments_(-20, 90), 2],
    ['log', Math.log, arguments_(1e-3, 20), 1.2],
    ['log1p', Math.log1p, arguments_(-0.9999, 20), 2],
    ['tanh', Math.tanh, arguments_(-10, 10), 3],
    ['erf', erf, arguments_(-5, 5), 2],
    ['sin', Math.sin, arguments_(-1e5, 1e5), 1],
    ['cos', Math.cos, arguments_(-1e5, 1e5), 1],
    ['tan', Math.tan, arguments_(-1e5, 1e5), 1],
    ['sqrt', Math.sqrt, arguments_(0, 1e4), 0.5],
  ];
  it.each(cases)('%s', async (name, truth, x, bound) => {
    const y = await b.run(name, [b.floats(x)], [b.like([x.length])]);
    let worst = 0;
    let at = 0;
    x.forEach((v, i) => {
      const error = ulps(y[0]![i]!, truth(v));
      if (error > worst) [worst, at] = [error, v];
    });
    expect(worst, `at ${at}`).toBeLessThanOrEqual(bound);
  });
});
