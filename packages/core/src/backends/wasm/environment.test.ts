import { afterEach, describe, expect, it, vi } from 'vitest';
import { isNode } from '../../node-module';
import { coreCount, singleThreadReason } from './threads';
import { workerSource } from './worker-source';

afterEach(() => { vi.unstubAllGlobals(); });

/** What `fn` gives where the globals are these and `process` is missing, as in a browser. */
function inBrowser<T>(globals: Record<string, unknown>, fn: () => T): T {
  const { process: own } = globalThis;
  for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value);
  try {
    Reflect.set(globalThis, 'process', undefined);
    return fn();
  } finally {
    Reflect.set(globalThis, 'process', own);
  }
}

describe('where threads can be had', () => {
  it('in Node', async () => {
    expect(isNode()).toBe(true);
    expect(singleThreadReason()).toBeUndefined();
    expect(await coreCount()).toBeGreaterThanOrEqual(1);
  });

  const worker = { Worker: Object, crossOriginIsolated: true };
  it('in a worker of an isolated page', () => {
    expect(inBrowser(worker, singleThreadReason)).toBeUndefined();
    expect(inBrowser(worker, isNode)).toBe(false);
  });

  it.each([
    ['the page is not cross-origin isolated', { ...worker, crossOriginIsolated: false }],
    ['a browser\'s main thread may not wait', { ...worker, document: {} }],
    ['there are no workers here', { ...worker, Worker: undefined }],
    ['SharedArrayBuffer is not available', { ...worker, SharedArrayBuffer: undefined }],
  ])('not elsewhere: %s', (reason, globals) => {
    expect(inBrowser(globals, singleThreadReason)).toContain(reason);
  });
});

it('the worker starts from a message where there is no `require`', () => {
  const self: { onmessage?: (event: { data: unknown }) => void; close: () => void } = { close: () => {} };
  // The text of a worker is a program of its own; this is how it is read there.
  // oxlint-disable-next-line no-new-func
  new Function('self', 'require', workerSource)(self, undefined);
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  // An empty module has no `work`: the worker says that it failed, at the address the kernels know.
  const module = new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
  expect(() => self.onmessage!({ data: { module, memory, scratch: 0 } })).toThrow('work is not a function');
  expect(new Int32Array(memory.buffer)[50]).toBe(1);
});
