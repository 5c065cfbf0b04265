/**
 * What a worker runs, as text: it is given to `worker_threads` with `eval` in Node and as a Blob in browsers, so that no file
 * has to be found at run time. It instantiates the module over the shared memory and stays in wasm until told to stop. The
 * address is that of FAILED in assembly/abi.ts.
 */
export const workerSource = `
const start = ({ module, memory, scratch }) => {
  try {
    const abort = () => { throw new Error('aborted'); };
    new WebAssembly.Instance(module, { env: { memory, abort } }).exports.work(scratch);
  } catch (error) {
    Atomics.store(new Int32Array(memory.buffer), ${200 / 4}, 1);
    throw error;
  }
};
if (typeof require === 'function') start(require('node:worker_threads').workerData);
else self.onmessage = (event) => { start(event.data); self.close(); };
`;
