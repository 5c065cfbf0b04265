/** For tests: properties that hold on every device. */
import { sample } from '@parsimony/testkit';
import type { Device } from './device';
import { defineProgram } from './program';

const quotients = defineProgram({ name: 'quotients', inputs: ['a', 'b'], code: ({ a, b }) => ({ value: `quotient(${a('$i')}, ${b('$i')})` }) });

/** Multiples of divisors up to 2^24 and their neighbours, where a rounded division goes wrong; and negative numbers. */
function dividends(): (readonly [number, number])[] {
  const [draws, divisors] = [sample(4000, { seed: 1, low: 0, high: 2 ** 24 }), sample(4000, { seed: 2, low: 0, high: 11 })];
  const near = Array.from(draws, (draw, i): readonly [number, number] => {
    const divisor = Math.floor(2 ** (1.5 * (divisors[i] ?? 0)));
    return [Math.max(0, Math.floor(draw / divisor) * divisor + (i % 3) - 1), divisor];
  });
  return [...near, [2 ** 24, 1], [2 ** 24, 3], [2 ** 24 - 1, 2 ** 24], [2 ** 24, 2 ** 24], [0, 5], [-1, 5], [-5, 5], [-7, 3]];
}

/** Divides whole numbers on a device and throws where a quotient is not the floored one. */
export async function wholeQuotients(device: Device): Promise<void> {
  const pairs = dividends();
  const size = pairs.length;
  const operand = (values: readonly number[]): { handle: ReturnType<Device['allocate']>; offset: number; size: number } => {
    const handle = device.allocate(size);
    device.write(handle, 0, Float32Array.from(values));
    return { handle, offset: 0, size };
  };
  const [a, b] = [operand(pairs.map(([x]) => x)), operand(pairs.map(([, y]) => y))];
  const output = { handle: device.allocate(size), offset: 0, size };
  device.run(quotients, { inputs: [a, b], output });
  const found = await device.read(output);
  pairs.forEach(([x, y], i) => {
    if (found[i] !== Math.floor(x / y)) throw new Error(`quotient(${x}, ${y}) gave ${found[i]}, expected ${Math.floor(x / y)}.`);
  });
  for (const { handle } of [a, b, output]) device.free(handle);
}
