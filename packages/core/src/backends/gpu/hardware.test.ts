/** What `auto` takes, on machines of every kind; the machine of the test itself has none or software. */
import { backendInfo, ParsimonyError, useBackend } from '@parsimony/core';
import { gpuExecutor } from '@parsimony/core/gpu';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { HostDevice } from './devices/host';
import { isSoftware } from './devices/webgpu/adapter';
import { deviceEvents } from './events';
import { type Machine, openHardware } from './hardware';
import { chooseBackend } from './options';

const hardware = { adapter: 'nvidia hopper' };
const missing = { missing: 'only google swiftshader (software) answers' };
/** Opens a stand-in on the processor. */
const machine = (found: Parameters<Machine['probe']>[0][], broken: readonly string[] = []): Machine => ({
  probe: async (mode) => (found.includes(mode) ? hardware : missing),
  open: async (mode) => {
    if (broken.includes(mode)) throw new Error('the device does not open');
    return Object.assign(new HostDevice('cpu', deviceEvents('cpu', {})), { description: `stand-in of ${mode}` });
  },
});

describe('auto takes', () => {
  test.each([
    ['webgpu', machine(['webgpu', 'webgl2']), 'webgpu answers on nvidia hopper'],
    ['webgl2', machine(['webgl2']), 'webgpu: only google swiftshader (software) answers; webgl2 answers on nvidia hopper'],
    ['webgl2', machine(['webgpu', 'webgl2'], ['webgpu']), 'webgpu: the device does not open; webgl2 answers on nvidia hopper'],
  ] as const)('%s, and says why', async (mode, here, why) => {
    const { device, why: said } = await openHardware({}, here);
    expect(device?.description).toBe(`stand-in of ${mode}`);
    expect(said).toBe(why);
    const { backend, why: shown } = await chooseBackend({}, here);
    await useBackend(backend);
    expect(backendInfo()).toMatchObject({ name: 'gpu', description: `stand-in of ${mode}` });
    expect(shown).toBe(`chosen by 'auto': ${why}`);
  });

  test('wasm where no hardware answers, with its own options', async () => {
    const choice = await chooseBackend({ wasm: { threads: 1 } }, machine([]));
    expect(choice).toEqual({
      backend: 'wasm', options: { threads: 1 },
      why: `chosen by 'auto': no graphics hardware answers (webgpu: ${missing.missing}; webgl2: ${missing.missing})`,
    });
  });

  test('the machine at hand, and backendInfo tells; another choice forgets it', async () => {
    await useBackend('auto', { wasm: { threads: 1 } });
    expect(backendInfo().description).toMatch(/; chosen by 'auto': /);
    await useBackend('wasm', { threads: 1 });
    expect(backendInfo().description).not.toContain('chosen by');
  });
});

test('gpu without a mode takes webasm where no hardware answers, and says why', async () => {
  const executor = gpuExecutor();
  await useBackend(executor);
  expect(backendInfo().description).toMatch(/^gpu\.js, mode (webgpu|webgl2), |mode webasm, on the processor; no graphics hardware answers \(webgpu: .*; webgl2: .*\); the wasm backend is faster$/);
  await executor.dispose();
});

test.each([
  'Google SwiftShader', 'ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero) (0x0000C0DE)), SwiftShader driver)', 'llvmpipe (LLVM 15.0.6, 256 bits)',
  'ANGLE (Microsoft, Microsoft Basic Render Driver Direct3D11 vs_5_0 ps_5_0)', 'Mesa softpipe', 'lavapipe', 'D3D12 WARP',
])('%s is software', (name) => expect(isSoftware(name)).toBe(true));

test.each([
  'ANGLE (Intel, Intel(R) HD Graphics Direct3D11 vs_5_0 ps_5_0)', 'ANGLE (Apple, ANGLE Metal Renderer: Apple M2, Unspecified Version)', 'nvidia hopper NVIDIA H200', 'Adreno (TM) 740',
])('%s is hardware', (name) => expect(isSoftware(name)).toBe(false));

describe('options', () => {
  test.each([
    [{ mode: 'gpu' }, '`mode` must be one of'],
    [{ onCompile: true }, '`onCompile` must be a function'],
    [{ strict: 1 }, '`strict` must be true or false'],
    [{ strickt: true }, 'unknown option `strickt`. Did you mean `strict`?'],
  ])('%j', (options, message) => {
    expect(() => gpuExecutor(options as object)).toThrow(message);
  });

  test('of auto', async () => {
    await expect(useBackend('auto', { threads: 1 } as object)).rejects.toThrow(ParsimonyError);
  });
});

describe('a kernel that gpu.js gives to another mode', () => {
  const program = { name: 'add' } as Parameters<ReturnType<typeof deviceEvents>['degraded']>[0];
  test('is an error where strict', () => {
    expect(() => deviceEvents('webasm', { strict: true }).degraded(program, 'no loops')).toThrow("gpu: gpu.js runs kernel 'add' in another mode than 'webasm': no loops");
  });
});

describe('in Node without the package webgpu', () => {
  beforeAll(() => {
    vi.resetModules();
    vi.doMock('webgpu', () => { throw new Error('Cannot find package'); });
  });
  afterAll(() => { vi.doUnmock('webgpu'); });

  test('mode webgpu says what to install', async () => {
    const { acquire } = await import('./devices/webgpu/context');
    await expect(acquire()).rejects.toThrow("gpu: mode 'webgpu' in Node needs the package `webgpu`: `npm install webgpu@^0.6.2`.");
    expect('navigator' in globalThis && 'gpu' in navigator).toBe(false);
  });
});
