/** Masks of large smooth regions, from noise of which low frequencies are the strongest. */

/** How many pairs of numbers, real and imaginary parts, `lowFrequencyImage` takes: those of the half plane that a real image has. */
export const halfPlane = (height: number, width: number): number => height * (Math.floor(width / 2) + 1);

/**
 * The real image of a spectrum: noise at (u, v), divided by max(|f|, 1 / max(H, W))^decayPower for the frequency
 * f = (u / H, v / W), each in (-1/2, 1/2].
 *
 * @param noise - Real and imaginary parts in turn, for the H rows u and the floor(W / 2) + 1 columns v of frequencies of 0 or more.
 * @returns H rows of W, as NumPy's `irfftn` gives them.
 * @see Harris et al., "FMix: Enhancing Mixed Sample Data Augmentation", arXiv:2002.12047, section 4.
 */
export function lowFrequencyImage(noise: ArrayLike<number>, height: number, width: number, decayPower: number): Float64Array {
  const columns = Math.floor(width / 2) + 1;
  const [alongY, alongX] = [turns(height), turns(width)];
  const smallest = 1 / Math.max(height, width);
  const out = new Float64Array(height * width);
  const [re, im] = [new Float64Array(height), new Float64Array(height)];
  const amplitude = new Float64Array(height);
  for (let v = 0; v < columns; v++) {
    // A column stands for its mirror image too, save the two that are their own.
    const share = (v === 0 || 2 * v === width ? 1 : 2) / (height * width);
    for (let u = 0; u < height; u++) {
      const frequency = Math.hypot((2 * u < height ? u : u - height) / height, v / width);
      amplitude[u] = share / Math.max(frequency, smallest) ** decayPower;
    }
    for (let y = 0; y < height; y++) {
      let [a, b] = [0, 0];
      for (let u = 0; u < height; u++) {
        const at = 2 * (u * columns + v);
        const [x, z] = [(noise[at] as number) * (amplitude[u] as number), (noise[at + 1] as number) * (amplitude[u] as number)];
        const turn = (u * y) % height;
        const [cos, sin] = [alongY.cos[turn] as number, alongY.sin[turn] as number];
        a += x * cos - z * sin;
        b += x * sin + z * cos;
      }
      re[y] = a;
      im[y] = b;
    }
    for (let x = 0; x < width; x++) {
      const turn = (v * x) % width;
      const [cos, sin] = [alongX.cos[turn] as number, alongX.sin[turn] as number];
      for (let y = 0; y < height; y++) out[y * width + x] = (out[y * width + x] as number) + (re[y] as number) * cos - (im[y] as number) * sin;
    }
  }
  return out;
}

/** Ones where the `count` largest values are, of equal ones the first; zeros elsewhere. */
export function largest(values: Float64Array, count: number): number[] {
  const order = Array.from(values, (_, i) => i).sort((a, b) => (values[b] as number) - (values[a] as number) || a - b);
  const mask = new Array<number>(values.length).fill(0);
  for (const i of order.slice(0, count)) mask[i] = 1;
  return mask;
}

/** cos and sin of 2 pi i / n. */
function turns(n: number): { readonly cos: Float64Array; readonly sin: Float64Array } {
  const angle = (i: number): number => (2 * Math.PI * i) / n;
  return { cos: Float64Array.from({ length: n }, (_, i) => Math.cos(angle(i))), sin: Float64Array.from({ length: n }, (_, i) => Math.sin(angle(i))) };
}
