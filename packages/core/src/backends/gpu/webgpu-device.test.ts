/** What the WebGPU device promises beyond the kernels' numbers: order, memory, compilation, and what happens when it goes. */
import { backendInfo, ops, ParsimonyError, tensor, useBackend, zeros } from '@parsimony/core';
import { gpuExecutor } from '@parsimony/core/gpu';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CompileEvent } from './events';
import { WebGpuDevice } from './devices/webgpu';
import { acquire, release } from './devices/webgpu/context';
import { withoutWebGpu } from './devices/webgpu/testing';
import type { GpuExecutor } from './executor';
import { defineProgram } from './program';

const missing = await withoutWebGpu();
const quiet = { compiling: () => {}, degraded: () => {} };
const plusOne = defineProgram({ name: 'plusOne', inputs: ['x'], code: ({ x }) => ({ value: `${x('$i')} + 1` }) });

describe.skipIf(missing !== undefined)(`the WebGPU device${missing === undefined ? '' : `, skipped: ${missing}`}`, () => {
  describe('commands, writes, reads and frees', () => {
    let device: WebGpuDevice;
    beforeAll(async () => { device = await WebGpuDevice.open(quiet); });
    afterAll(() => device.dispose());
    const whole = (handle: ReturnType<WebGpuDevice['allocate']>, size: number) => ({ handle, offset: 0, size });

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

    test('a freed buffer serves later commands and writes at once, without harm to earlier ones', async () => {
      const x = device.allocate(4);
      const results = Array.from({ length: 20 }, () => device.allocate(4));
      device.write(x, 0, Float32Array.of(0, 1, 2, 3));
      for (const [k, y] of results.entries()) {
        const middle = device.allocate(4);
        device.run(plusOne, { inputs: [whole(x, 4)], output: whole(middle, 4) });
        device.run(plusOne, { inputs: [whole(middle, 4)], output: whole(y, 4) });
        device.free(middle);
        // Of the size that was just given back, and the commands that use it are not submitted yet.
        const host = device.allocate(4);
        device.write(host, 0, new Float32Array(4).fill(k));
        const sum = device.allocate(4);
        device.run(plusOne, { inputs: [whole(host, 4)], output: whole(sum, 4) });
        device.free(host);
        expect([...await device.read(whole(sum, 4))]).toEqual(Array.from({ length: 4 }, () => k + 1));
        device.free(sum);
      }
      const read = await Promise.all(results.map((y) => device.read(whole(y, 4))));
      for (const values of read) expect([...values]).toEqual([2, 3, 4, 5]);
      for (const handle of [x, ...results]) device.free(handle);
    });

    test('more commands than one submission holds run in order', async () => {
      let x = device.allocate(3);
      device.write(x, 0, Float32Array.of(0, 0.5, -1));
      for (let k = 0; k < 1000; k++) {
        const y = device.allocate(3);
        device.run(plusOne, { inputs: [whole(x, 3)], output: whole(y, 3) });
        device.free(x);
        x = y;
      }
      expect([...await device.read(whole(x, 3))]).toEqual([1000, 1000.5, 999]);
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

    test('as many elements as fold a dispatch over two rows of workgroups', async () => {
      const n = 2 ** 24;
      expect(device.maxLength).toBe(n);
      const [x, y] = [device.allocate(n), device.allocate(n)];
      device.write(x, 0, Float32Array.from({ length: n }, (_, i) => i % 4099));
      device.run(plusOne, { inputs: [whole(x, n)], output: whole(y, n) });
      const values = await device.read(whole(y, n));
      expect(values.findIndex((v, i) => v !== (i % 4099) + 1)).toBe(-1);
      device.free(x);
      device.free(y);
    }, 180_000);

    test('a kernel of more inputs than can be bound is named with the limit', () => {
      const inputs = Array.from({ length: 8 }, (_, k) => `x${k}`);
      const wide = defineProgram({ name: 'wide', inputs, code: (read) => ({ value: inputs.map((x) => read[x]?.('$i')).join(' + ') }) });
      const handle = device.allocate(4);
      const call = { inputs: inputs.map(() => whole(handle, 4)), output: whole(device.allocate(4), 4) };
      expect(() => device.run(wide, call)).toThrow("kernel 'wide' reads 8 tensors; this WebGPU device binds at most 7 beside the output");
    });
  });

  describe('as a backend', () => {
    const make = async (compiled: CompileEvent[] = []): Promise<GpuExecutor> => {
      const executor = gpuExecutor({ mode: 'webgpu', strict: true, onCompile: (event) => { compiled.push(event); } });
      await useBackend(executor);
      return executor;
    };

    test('says what it runs on', async () => {
      const executor = await make();
      expect(backendInfo()).toMatchObject({ name: 'gpu', threads: 1 });
      expect(backendInfo().description).toMatch(/^gpu\.js, mode webgpu, on .+; tensors of up to \d+ elements$/);
      await executor.dispose();
    });

    test('compiles a kernel once, whatever the sizes, and tells before', async () => {
      const compiled: CompileEvent[] = [];
      const executor = await make(compiled);
      for (const size of [4, 5, 1000, 7]) await ops.exp(tensor(new Float32Array(size))).data();
      await ops.add(tensor([1, 2, 3]), tensor([3, 2, 1])).data();
      expect(compiled).toEqual([{ kernel: 'exp', mode: 'webgpu', count: 1 }, { kernel: 'add', mode: 'webgpu', count: 2 }]);
      await executor.dispose();
    });

    test.each([true, false])('a result that is the beginning of a longer storage leaves the rest, wgsl %s', async (wgsl) => {
      const executor = gpuExecutor({ mode: 'webgpu', strict: true, wgsl });
      await executor.ready();
      const [x, y] = [executor.allocate(64), executor.allocate(1000)];
      const part = (handle: typeof x, size: number) => ({ handle, offset: 0, size, shape: [size], dtype: 'float32' }) as const;
      executor.write(part(x, 64), new Float32Array(64).fill(2));
      executor.write(part(y, 1000), new Float32Array(1000).fill(-1));
      executor.run({ kernel: 'mul', inputs: [part(x, 64), part(x, 64)], outputs: [part(y, 64)], attrs: {}, scalars: [] });
      expect([...await executor.read(part(y, 1000))]).toEqual(Array.from({ length: 1000 }, (_, i) => (i < 64 ? 4 : -1)));
      await executor.dispose();
    });

    test('a tensor over the limit is refused with its size and the limit', async () => {
      const executor = await make();
      expect(() => zeros([2 ** 24 + 1])).toThrow('a tensor of 16777217 elements is over the limit of 16777216 of mode \'webgpu\'');
      await executor.dispose();
    });

    test('a lost device: the next read says what happened and how to go on; a new backend works', async () => {
      const executor = await make();
      const x = tensor([1, 2]);
      expect(await ops.exp(zeros([2])).array()).toEqual([1, 1]);
      const context = await acquire();
      context.device.destroy();
      const y = ops.add(x, x);
      const error = await y.data().then(() => undefined, (reason: unknown) => reason);
      expect(error).toBeInstanceOf(ParsimonyError);
      expect(error).toMatchObject({ code: 'backend' });
      expect(String(error)).toMatch(/mode 'webgpu' failed: the device was lost \(destroyed.*resume the fit from its last checkpoint/);
      await expect(y.data()).rejects.toThrow('the device was lost');
      await release(context);
      await executor.dispose();
      const next = await make();
      expect(await ops.add(tensor([1, 2]), tensor([3, 4])).array()).toEqual([4, 6]);
      await next.dispose();
    });

    test('one that opens while the last other is disposed has a device', async () => {
      const first = await make();
      const second = gpuExecutor({ mode: 'webgpu' });
      const opening = second.ready();
      await Promise.resolve();
      await Promise.all([opening, first.dispose()]);
      await useBackend(second);
      expect(await ops.add(tensor([1, 2]), tensor([3, 4])).array()).toEqual([4, 6]);
      await second.dispose();
    });

    test('a kernel that does not compile is named at the next read', async () => {
      const device = await WebGpuDevice.open(quiet);
      const broken = defineProgram({ name: 'broken', inputs: ['x'], code: ({ x }) => ({ body: 'let $y = 0.5; $y++;', value: `$y + ${x('$i')}` }) });
      const [x, y] = [device.allocate(4), device.allocate(4)];
      device.run(broken, { inputs: [{ handle: x, offset: 0, size: 4 }], output: { handle: y, offset: 0, size: 4 } });
      await expect(device.read({ handle: y, offset: 0, size: 4 })).rejects.toThrow("kernel 'broken' does not compile");
      await device.dispose();
    });

    test('dispose gives all device memory back, and refuses reads that wait', async () => {
      const executor = await make();
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
});
