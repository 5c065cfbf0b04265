/**
 * Dropout. gpu.js cannot multiply 32-bit integers exactly in every mode, so the mask is drawn on the host by core's generator and
 * goes up packed, 24 bits a float. It stays on the device until the backward pass has asked for it again. WGSL draws the same bits
 * itself, in both passes.
 */
import { philox } from '../../../random/philox';
import { defineProgram, helperFunction } from '../program';
import { drawn } from '../wgsl/dropout';
import { type GpuKernel, input, output } from './kernel';

const BITS = 24;

/** 2^-n for n below 24: exact, as a shader's own power and division need not be. */
const halves = helperFunction('halves', `(n) {
  let rest = n;
  let power = 1;
  if (rest >= 16) { power = power * ${2 ** -16}; rest = rest - 16; }
  if (rest >= 8) { power = power * ${2 ** -8}; rest = rest - 8; }
  if (rest >= 4) { power = power * ${2 ** -4}; rest = rest - 4; }
  if (rest >= 2) { power = power * 0.25; rest = rest - 2; }
  if (rest >= 1) { power = power * 0.5; }
  return power;
}`);

const masked = defineProgram({
  name: 'dropout',
  inputs: ['x', 'mask'],
  floats: ['scale'],
  functions: [halves],
  code: ({ x, mask }) => ({
    body: `
      const $word = quotient($i, ${BITS});
      const $shifted = Math.floor(${mask('$word')} * halves($i - $word * ${BITS}));
      const $bit = $shifted - 2 * Math.floor($shifted * 0.5);`,
    value: `${x('$i')} * $bit * scale`,
  }),
});

/** Bit i is set where element i is kept: its 16 bits of Philox are at or above the threshold. */
function packedMask(size: number, threshold: number, key: readonly number[]): Float32Array {
  const [k0 = 0, k1 = 0, c1 = 0, c2 = 0, c3 = 0] = key;
  const words = new Uint32Array(4);
  // Eight draws a block: three blocks fill a float.
  return Float32Array.from({ length: Math.ceil(size / BITS) }, (_, at) => {
    let packed = 0;
    for (let third = 0; third < 3; third++) {
      philox(k0, k1, at * 3 + third, c1, c2, c3, words);
      for (let draw = 0; draw < 8; draw++) {
        const word = words[draw >> 1] ?? 0;
        if ((draw % 2 === 0 ? word & 0xffff : word >>> 16) >= threshold) packed |= 1 << (third * 8 + draw);
      }
    }
    return packed;
  });
}

export const dropout: GpuKernel = (command, bench) => {
  const [x, y] = [input(command, 0), output(command, 0)];
  const [threshold = 0, scale = 1, ...key] = command.scalars;
  if (x.size === 0) return;
  if (bench.device.wgsl) return bench.run(drawn, { inputs: [x], ints: [threshold, ...key, x.size], floats: [scale], output: y });
  const mask = bench.keptOnce(`${x.size} ${threshold} ${key.join(' ')}`, () => packedMask(x.size, threshold, key));
  bench.run(masked, { inputs: [x, mask], floats: [scale], output: y });
};
