/**
 * What threads run, as text, so that no file has to be found at run time: modules in `data:` addresses, since loaders given by
 * `--import`, such as those for TypeScript, do not reach threads made with `eval`. The overseer starts the replicas and hears when one
 * ends, which the main thread cannot while it waits for them. A replica imports the trainer's own module and joins the fit.
 */

/** The key under which a replica's Trainer joins a fit, and the mark in a replica's `workerData`. */
export const joinKey = 'parsimony.replica';

/** Words of the control block; see rendezvous.ts. */
const report = `
const reportOf = (error) => ({
  name: error?.name ?? 'Error', message: String(error?.message ?? error).slice(0, 2000), stack: error?.stack?.slice(0, 4000),
  code: typeof error?.code === 'string' ? error.code : undefined, plugin: error?.plugin, hook: error?.hook,
});
const leave = (memory, reportAt, rank, error) => {
  const control = new Int32Array(memory, 0, 4);
  if (Atomics.compareExchange(control, 2, 0, 1) === 0) {
    new Uint8Array(memory).set(new TextEncoder().encode(JSON.stringify({ rank, ...reportOf(error) })).subarray(0, 16384), reportAt);
    Atomics.store(control, 2, 2);
  }
  Atomics.add(control, 1, 1);
  Atomics.notify(control, 1);
};`;

const address = (source: string): string => `data:text/javascript,${encodeURIComponent(source)}`;

export const overseerModule = address(`
import { Worker, workerData } from 'node:worker_threads';
const { replicaModule, starts, reportAt } = workerData;
${report}
for (const start of starts) {
  const worker = new Worker(new URL(replicaModule), { workerData: { ...start, reportAt } });
  let error;
  worker.on('error', (e) => { error = e; });
  worker.on('exit', (code) => { leave(start.memory, reportAt, start.rank, error ?? new Error('its thread ended (exit code ' + code + ').')); });
}`);

export const replicaModule = address(`
import { workerData } from 'node:worker_threads';
${report}
(async () => {
  const { module, args, memory, reportAt, rank } = workerData;
  try {
    const exported = await import(module);
    let make = exported.default;
    if (typeof make !== 'function' && typeof make?.default === 'function') make = make.default;
    if (typeof make !== 'function') throw new TypeError(module + ' must export by default the function that makes the Trainer, received ' + typeof make + '.');
    const trainer = await make(...args);
    const join = trainer?.[Symbol.for('${joinKey}')];
    if (typeof join !== 'function') throw new TypeError('the default export of ' + module + ' must return a Trainer of @parsimony/core.');
    await join.call(trainer, workerData);
  } catch (error) {
    leave(memory, reportAt, rank, error);
  }
  // Until it is ended: an exit before the others are done would look like a failure.
  setInterval(() => {}, 1 << 30);
})();`);
