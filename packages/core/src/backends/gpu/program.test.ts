/** Programs as such; `every-program.test.ts` has those of the table. */
import { describe, expect, test } from 'vitest';
import { openDevice } from './devices/open';
import { withoutWebGpu } from './devices/webgpu/testing';
import { defineProgram, helperFunction, programFamily } from './program';
import { wholeQuotients } from './testing';

const axpy = defineProgram({
  name: 'axpy', inputs: ['x', 'y'], ints: ['step'], floats: ['a'],
  code: ({ x, y }) => ({ body: `const $v = ${x('$i * step')};`, value: `a * $v + ${y('$i')}` }),
});

describe('a program', () => {
  test('names its arguments: inputs, their offsets, ints, floats', () => {
    expect(axpy.parameters).toEqual(['x', 'y', 'x_o', 'y_o', 'step', 'a']);
    expect(axpy.argumentTypes).toEqual(['Array', 'Array', 'Integer', 'Integer', 'Integer', 'Float']);
  });

  // A stand-in for the thread of a shader.
  const thread = (lanes: 1 | 4, x: number): unknown => {
    const kernel = new Function(`return ${axpy.source(lanes)}`)() as (...args: unknown[]) => unknown;
    return kernel.call({ thread: { x } }, [9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15], [10, 20, 30, 40, 50, 60, 70, 80], 1, 0, 2, 0.5);
  };
  test('makes one element a thread, or four', () => {
    expect([0, 1, 5].map((x) => thread(1, x))).toEqual([10, 21, 65]);
    expect([0, 1].map((x) => thread(4, x))).toEqual([[10, 21, 32, 43], [54, 65, 76, 87]]);
  });

  test('brings `quotient` where it calls it, and only there', () => {
    const halved = defineProgram({ name: 'halved', inputs: [], ints: ['n'], code: () => ({ value: 'quotient($i, n)' }) });
    expect(halved.functions.map(({ name }) => name)).toEqual(['quotient']);
    expect(axpy.functions).toEqual([]);
  });
});

test('helperFunction counts its arguments', () => {
  expect(helperFunction('f', '(a, b, c) { return a; }')).toEqual({ name: 'f', source: 'function f(a, b, c) { return a; }', argumentTypes: ['Float', 'Float', 'Float'], returnType: 'Float' });
});

test('programFamily makes each program once', () => {
  const made: string[] = [];
  const family = programFamily((rank: number, log: boolean) => {
    made.push(`${rank} ${log}`);
    return defineProgram({ name: 'p', inputs: [], code: () => ({ value: `${rank}` }) });
  });
  expect(family(1, true)).toBe(family(1, true));
  expect(family(1, false)).not.toBe(family(1, true));
  expect(family(11, true)).not.toBe(family(1, true));
  expect(made).toEqual(['1 true', '1 false', '11 true']);
});

const missing = await withoutWebGpu();

describe.each([['webasm', undefined], ['cpu', undefined], ['webgpu', missing]] as const)('quotient in mode %s', (mode, reason) => {
  test.skipIf(reason !== undefined)(`is that of whole numbers, up to 2^24${reason === undefined ? '' : `, skipped: ${reason}`}`, async () => {
    const device = await openDevice(mode, { compiling: () => undefined, degraded: (_, why) => expect.unreachable(why) });
    await wholeQuotients(device);
    await device.dispose();
  });
});
