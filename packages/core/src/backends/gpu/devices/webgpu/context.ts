/** gpu.js's WebGPU device: one for all backends of a page, given back when the last of them is disposed. */
import * as bundle from 'gpu.js/dist/gpu-browser.js';
import { fail } from '@parsimony/core';
import { isNode } from '../../../../node-module';

export interface Context { readonly adapter: GPUAdapter; readonly device: GPUDevice }

interface GpuJs { readonly WebGPUContext: { acquire(): Promise<Context> } }

const gpuJs = (): GpuJs => {
  const found = bundle as unknown as GpuJs & { readonly default?: GpuJs };
  return found.WebGPUContext ? found : found.default ?? fail('backend', 'gpu: gpu.js did not export WebGPUContext.');
};

const users = new WeakMap<GPUDevice, number>();
const destroyed = new WeakSet<GPUDevice>();
let closing: Promise<unknown> = Promise.resolve();

/** The device, of an adapter that answers. */
export async function acquire(): Promise<Context> {
  const gpu = await webGpu();
  try {
    for (;;) {
      await closing;
      const context = await withNavigator(gpu, () => gpuJs().WebGPUContext.acquire());
      // Its last user may have given it back meanwhile.
      if (destroyed.has(context.device)) continue;
      users.set(context.device, (users.get(context.device) ?? 0) + 1);
      return context;
    }
  } catch (cause) {
    return fail('backend', `gpu: no WebGPU adapter answers${isNode() ? ' (on Linux it needs a Vulkan driver)' : ''}. Use \`useBackend('wasm')\`, or \`useBackend('auto')\`, which looks for one. ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

export async function release({ device }: Context): Promise<void> {
  const left = (users.get(device) ?? 1) - 1;
  users.set(device, left);
  if (left > 0) return;
  destroyed.add(device);
  device.destroy();
  // gpu.js forgets its device when it hears of the loss; until then it would hand out the destroyed one.
  await (closing = device.lost);
}

/** The adapter that gpu.js's device would be of, or why there is none. */
export async function findAdapter(): Promise<GPUAdapter | string> {
  try {
    return await (await webGpu()).requestAdapter() ?? 'no WebGPU adapter answers';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

interface NodeWebGpu { create(options: readonly string[]): GPU }
let nodeGpu: GPU | undefined;

/** WebGPU itself: the browser's, or in Node that of the package `webgpu`, where a person installed it. */
export async function webGpu(): Promise<GPU> {
  const here = typeof navigator === 'object' ? (navigator as { readonly gpu?: GPU }).gpu : undefined;
  if (here) return here;
  if (!isNode()) return fail('backend', 'gpu: this browser has no WebGPU (`navigator.gpu` is missing; a page needs https or localhost). Use mode \'webgl2\', or `useBackend(\'auto\')`.');
  if (nodeGpu) return nodeGpu;
  // Not a literal, so that bundlers for browsers do not look for it.
  const name = ['web', 'gpu'].join('');
  let found: NodeWebGpu;
  try {
    found = await import(/* @vite-ignore */ /* webpackIgnore: true */ name) as NodeWebGpu;
  } catch (cause) {
    return fail('backend', `gpu: mode 'webgpu' in Node needs the package \`webgpu\`: \`npm install webgpu@^0.6.2\`. ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  // Once, also for two who ask at the same time: devices of one that is collected crash the process.
  return nodeGpu ??= found.create([]);
}

/**
 * gpu.js looks for `navigator.gpu` when it asks for its device, and only then. Node before 21 has no navigator, and much code
 * takes one for a browser's, so it is there for that moment alone.
 */
async function withNavigator<T>(gpu: GPU, use: () => Promise<T>): Promise<T> {
  const own = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  if (typeof navigator === 'object' && 'gpu' in navigator) return use();
  Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true });
  try {
    return await use();
  } finally {
    if (own) Object.defineProperty(globalThis, 'navigator', own);
    else Reflect.deleteProperty(globalThis, 'navigator');
  }
}
