/** Which pixels along an axis make each pixel of another length, and with what weights. */

export type Interpolation = 'nearest' | 'bilinear' | 'bicubic';
export const interpolations: readonly Interpolation[] = ['nearest', 'bilinear', 'bicubic'];

/**
 * For output i the `count` pixels from starts[i] on, with weights[i * stride …], the rest of which are 0. Places before the first pixel and
 * behind the last are the edge. There is room for a multiple of four outputs; what is added has no weight.
 */
export interface Taps {
  readonly count: number;
  /** `count`, rounded up to 2 or a multiple of 4. */
  readonly stride: number;
  readonly starts: Int32Array;
  readonly weights: Float32Array;
  /** Whether each output is just the pixel at its start. */
  readonly pick: boolean;
}

const triangle = (x: number): number => Math.max(0, 1 - Math.abs(x));

/** Keys's cubic with slope a: PyTorch has -0.75, and -0.5 where it smooths. */
const cubic = (a: number) => (x: number): number => {
  const t = Math.abs(x);
  if (t < 1) return ((a + 2) * t - (a + 3)) * t * t + 1;
  return t < 2 ? (((t - 5) * t + 8) * t - 4) * a : 0;
};

const cache = new Map<string, Taps>();

/** From n pixels to m. They are kept: a batch asks for the same ones again and again, random crops for some hundred. */
export function tapsOf(n: number, m: number, interpolation: Interpolation, antialias: boolean): Taps {
  const name = `${n} ${m} ${interpolation} ${antialias}`;
  const known = cache.get(name);
  if (known) return known;
  if (cache.size >= 1024) cache.clear();
  const made = interpolation === 'nearest' ? nearest(n, m) : antialias ? smooth(n, m, interpolation) : sharp(n, m, interpolation);
  cache.set(name, made);
  return made;
}

/** floor(i n / m), in float32 as PyTorch computes it. */
function nearest(n: number, m: number): Taps {
  const scale = Math.fround(n / m);
  return { ...gather(n, m, 1, (i) => ({ first: Math.min(Math.floor(Math.fround(i * scale)), n - 1), weights: [1] })), pick: true };
}

/** Two or four pixels around the place, however many there are to a pixel of the output. */
function sharp(n: number, m: number, interpolation: Interpolation): Taps {
  const [count, kernel] = interpolation === 'bilinear' ? [2, triangle] : [4, cubic(-0.75)];
  return gather(n, m, count, (i) => {
    const place = (i + 0.5) * n / m - 0.5;
    const first = Math.floor(place) - count / 2 + 1;
    return { first, weights: Array.from({ length: count }, (_, k) => kernel(place - first - k)) };
  });
}

/** All pixels under the kernel, which is as wide as a pixel of the output. */
function smooth(n: number, m: number, interpolation: Interpolation): Taps {
  const [reach, kernel] = interpolation === 'bilinear' ? [1, triangle] : [2, cubic(-0.5)];
  const scale = n / m;
  const wide = Math.max(scale, 1);
  const support = reach * wide;
  const rows = Array.from({ length: m }, (_, i) => {
    const center = scale * (i + 0.5);
    const first = Math.max(Math.trunc(center - support + 0.5), 0);
    const size = Math.min(Math.trunc(center + support + 0.5), n) - first;
    const weights = Array.from({ length: size }, (_, k) => kernel((k + first - center + 0.5) / wide));
    const total = weights.reduce((a, b) => a + b, 0);
    return { first, weights: weights.map((w) => w / total) };
  });
  return gather(n, m, Math.max(...rows.map(({ weights }) => weights.length)), (i) => rows[i] as Row);
}

interface Row { readonly first: number; readonly weights: readonly number[] }

const edge = (i: number, n: number): number => Math.min(Math.max(i, 0), n - 1);

/** From n pixels to m, `most` to each; moves the weights of places outside to where `inside` says, so that every tap reads inside. */
export function gather(n: number, m: number, most: number, rowOf: (i: number) => Row, inside: (i: number, n: number) => number = edge): Taps {
  const count = Math.min(most, n);
  const stride = count <= 2 ? 2 : (count + 3) & ~3;
  const starts = new Int32Array((m + 3) & ~3);
  const weights = new Float32Array(starts.length * stride);
  for (let i = 0; i < m; i++) {
    const row = rowOf(i);
    const start = Math.min(Math.max(row.first, 0), n - count);
    starts[i] = start;
    for (let k = 0; k < row.weights.length; k++) {
      const at = i * stride + inside(row.first + k, n) - start;
      weights[at] = (weights[at] as number) + (row.weights[k] as number);
    }
  }
  return { count, stride, starts, weights, pick: false };
}
