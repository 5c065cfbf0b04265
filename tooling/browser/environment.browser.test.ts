/** What the other browser tests stand on. */
import { backendInfo, useBackend } from '@parsimony/core';
import { expect, test } from 'vitest';

test('the page is isolated, so that memory may be shared', () => expect(globalThis.crossOriginIsolated).toBe(true));

test('float textures can be drawn to in WebGL2', () => {
  const gl = document.createElement('canvas').getContext('webgl2');
  expect(gl?.getExtension('EXT_color_buffer_float')).not.toBeNull();
});

test('WebGPU has an adapter', async () => {
  const { gpu } = navigator as Navigator & { readonly gpu?: { requestAdapter(): Promise<unknown> } };
  expect(await gpu?.requestAdapter()).toBeTruthy();
});

test('the wasm executor runs', async () => {
  await useBackend('wasm');
  expect(backendInfo().name).toBe('wasm');
});
