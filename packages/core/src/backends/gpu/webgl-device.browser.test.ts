/** What the WebGL device promises beyond the kernels' numbers: order, memory, compilation, limits, and what happens when it goes. */
import { backendInfo, ops, ParsimonyError, tensor, useBackend, zeros } from '@parsimony/core';
import { gpuExecutor } from '@parsimony/core/gpu';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebGlDevice } from './devices/webgl';
import { type GlContext, openWebGl2 } from './devices/webgl/context';
import type { CompileEvent } from './events';
import { GpuExecutor } from './executor';
import { defineProgram } from './program';

const quiet = { compiling: () => {}, degraded: () => {} };
const plusOne = defineProgram({ name: 'plusOne', inputs: ['x'], code: ({ x }) => ({ value: `${x('$i')} + 1` }) });
const whole = (handle: ReturnType<WebGlDevice['allocate']>, size: number) => ({ handle, offset: 0, size });

describe('commands, writes, reads and frees', () => {
  let device: WebGlDevice;
  beforeAll(async () => { device = await WebGlDevice.open('webgl2', quiet); });
  afterAll(() => device.dispose());

  test('a write does not overtake a command that reads what was there', async () => {
    const [x, y] = [device.allocate(5), device.allocate(5)];
    device.write(x, 0, Float32Array.of(1, 2, 3, 4, 5));
    device.run(plusOne, { inputs: [whole(x, 5)], output: whole(y, 5) });
    device.write(x, 1, Float32Array.of(20, 30));
    expect([...await device.read(whole(y, 5))]).toEqual([2, 3, 4, 5, 6]);
    expect([...await device.read(whole(x, 5))]).toEqual([1, 20, 30, 4, 5]);
    device.free(x);
    device.free(y);
  });

  test('a read is of what was there when it was asked for, though its texture is another\'s by then', async () => {
    const x = device.allocate(4);
    device.write(x, 0, Float32Array.of(1, 2, 3, 4));
    const reading = device.read(whole(x, 4));
    device.free(x);
    const y = device.allocate(4);
    device.write(y, 0, Float32Array.of(9, 9, 9, 9));
    expect([...await reading]).toEqual([1, 2, 3, 4]);
    device.free(y);
  });

  test('not-a-number and infinities come back as they were written', async () => {
    const x = device.allocate(3);
    device.write(x, 0, Float32Array.of(Number.NaN, Infinity, -Infinity));
    expect([...await device.read(whole(x, 3))]).toEqual([Number.NaN, Infinity, -Infinity]);
    device.free(x);
  });

  test('neighbours in a storage stay as they are', async () => {
    const [x, y] = [device.allocate(9), device.allocate(12)];
    device.write(x, 0, Float32Array.from({ length: 9 }, (_, i) => i));
    device.write(y, 0, new Float32Array(12).fill(-1));
    device.run(plusOne, { inputs: [{ handle: x, offset: 2, size: 5 }], output: { handle: y, offset: 3, size: 5 } });
    expect([...await device.read(whole(y, 12))]).toEqual([-1, -1, -1, 3, 4, 5, 6, 7, -1, -1, -1, -1]);
    device.free(x);
    device.free(y);
  });

  // Around rows of textures, and the largest.
  test.each([1, 3, 4, 5, 16, 17, 255, 257, 4095, 4097, 2 ** 20 - 1, 2 ** 20 + 1, 2 ** 24])('%i elements', async (n) => {
    const [x, y] = [device.allocate(n), device.allocate(n)];
    device.write(x, 0, Float32Array.from({ length: n }, (_, i) => i % 4099));
    device.run(plusOne, { inputs: [whole(x, n)], output: whole(y, n) });
    const values = await device.read(whole(y, n));
    expect(values.length).toBe(n);
    expect(values.findIndex((v, i) => v !== (i % 4099) + 1)).toBe(-1);
    device.free(x);
    device.free(y);
  });

  test('a kernel of more inputs than there are textures is named with the limit', () => {
    const inputs = Array.from({ length: 33 }, (_, k) => `x${k}`);
    const wide = defineProgram({ name: 'wide', inputs, code: (read) => ({ value: inputs.map((x) => read[x]?.('$i')).join(' + ') }) });
    const handle = device.allocate(4);
    const call = { inputs: inputs.map(() => whole(handle, 4)), output: whole(device.allocate(4), 4) };
    expect(() => device.run(wide, call)).toThrow(/kernel 'wide' reads 33 tensors, over the limit of (16|32) textures of this machine/);
  });

  test('a kernel that does not compile is named', () => {
    const broken = defineProgram({ name: 'broken', inputs: ['x'], code: ({ x }) => ({ body: 'const $y = unknown;', value: `$y + ${x('$i')}` }) });
    const [x, y] = [device.allocate(4), device.allocate(4)];
    expect(() => device.run(broken, { inputs: [whole(x, 4)], output: whole(y, 4) })).toThrow("kernel 'broken' does not compile in mode 'webgl2'");
  });
});

test('a texture over the machine\'s limit is refused with its size and the limit', async () => {
  const context: GlContext = { ...openWebGl2(), maxTextureSize: 8 };
  const device = new WebGlDevice('webgl2', context, quiet);
  expect(device.maxLength).toBe(256);
  const full = device.allocate(256);
  device.free(full);
  expect(() => device.allocate(257)).toThrow('a tensor of 257 elements needs a texture of 16 x 5, over the limit of 8 x 8 of this machine');
  await device.dispose();
});

describe('as a backend', () => {
  test('says what it runs on', async () => {
    const executor = await useBackend('gpu', { mode: 'webgl2' });
    expect(backendInfo()).toMatchObject({ name: 'gpu', threads: 1 });
    expect(backendInfo().description).toMatch(/^gpu\.js, mode webgl2, on .+; tensors of up to \d+ elements$/);
    await executor.dispose();
  });

  test('compiles a kernel once, whatever the sizes, and tells before', async () => {
    const compiled: CompileEvent[] = [];
    const executor = gpuExecutor({ mode: 'webgl2', strict: true, onCompile: (event) => { compiled.push(event); } });
    await useBackend(executor);
    for (const size of [4, 5, 1000, 7]) await ops.exp(tensor(new Float32Array(size))).data();
    await ops.add(tensor([1, 2, 3]), tensor([3, 2, 1])).data();
    expect(compiled).toEqual([{ kernel: 'exp', mode: 'webgl2', count: 1 }, { kernel: 'add', mode: 'webgl2', count: 2 }]);
    await executor.dispose();
  });

  test('a tensor over the limit is refused with its size and the limit', async () => {
    const executor = await useBackend('gpu', { mode: 'webgl2' });
    expect(() => zeros([2 ** 24 + 1])).toThrow('a tensor of 16777217 elements is over the limit of 16777216 of mode \'webgl2\'');
    await executor.dispose();
  });

  test('a lost context: the next read says what happened and how to go on; a new backend works', async () => {
    const context = openWebGl2();
    const executor = new GpuExecutor(async () => new WebGlDevice('webgl2', context, quiet));
    await useBackend(executor);
    const x = tensor([1, 2]);
    expect(await ops.exp(zeros([2])).array()).toEqual([1, 1]);
    const waiting = ops.add(x, x).data().then(() => undefined, (reason: unknown) => reason);
    context.gl.getExtension('WEBGL_lose_context')?.loseContext();
    const y = ops.mul(x, x);
    const error = await y.data().then(() => undefined, (reason: unknown) => reason);
    for (const told of [error, await waiting]) {
      expect(told).toBeInstanceOf(ParsimonyError);
      expect(told).toMatchObject({ code: 'backend' });
      expect(String(told)).toMatch(/mode 'webgl2' failed: the WebGL context was lost.*resume the fit from its last checkpoint/);
    }
    await executor.dispose();
    const next = await useBackend('gpu', { mode: 'webgl2' });
    expect(await ops.add(tensor([1, 2]), tensor([3, 4])).array()).toEqual([4, 6]);
    await next.dispose();
  });

  test('dispose gives all textures back; reads that wait are refused', async () => {
    const executor = gpuExecutor({ mode: 'webgl2' });
    await useBackend(executor);
    const x = ops.exp(zeros([1000]));
    await x.data();
    expect(executor.deviceBytes()).toBeGreaterThan(4000);
    const late = x.data();
    await executor.dispose();
    await expect(late).rejects.toThrow('disposed');
    expect(executor.deviceBytes()).toBe(0);
    await expect(useBackend(executor)).rejects.toThrow('this backend was disposed');
  });
});
