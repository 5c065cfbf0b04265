/** Worker threads: how many, where they may run, starting and ending them. */
import { isNode, nodeModule } from '../../node-module';
import { workerSource } from './worker-source';

/** What every worker is given. */
export interface WorkerStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Its private memory. */
  readonly scratch: number;
}

interface Ended { terminate(): void | Promise<unknown> }

/** Address of READY in assembly/abi.ts. */
const READY = 196;
/** How long starting may hold up `ready()`; a later worker takes part from when it is there. */
const PATIENCE_MS = 2000;

/** Why only one thread can run here, or undefined where more can. */
export function singleThreadReason(): string | undefined {
  if (typeof SharedArrayBuffer === 'undefined') return 'SharedArrayBuffer is not available; in a browser, serve the page with COOP and COEP headers';
  if (isNode()) return undefined;
  if (typeof Worker === 'undefined') return 'there are no workers here';
  if ((globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated !== true) return 'the page is not cross-origin isolated; serve it with COOP and COEP headers';
  if (typeof document !== 'undefined') return 'a browser\'s main thread may not wait for others; run in a worker to use more';
  return undefined;
}

/** The cores of the machine, where they are known. */
export async function coreCount(): Promise<number> {
  if (isNode()) {
    const os = await nodeModule<typeof import('node:os')>('node:os');
    return os.availableParallelism?.() ?? os.cpus().length;
  }
  return typeof navigator === 'object' && navigator.hardwareConcurrency ? navigator.hardwareConcurrency : 1;
}

/** The running workers of one executor. */
export class Workers {
  readonly #workers: Ended[] = [];
  #url: string | undefined;

  /** Starts a worker for each entry, and waits until they have reported ready or patience ends. */
  async start(starts: readonly WorkerStart[], workerUrl: string | undefined): Promise<void> {
    const [first] = starts;
    if (!first) return;
    if (isNode()) await this.#startInNode(starts);
    else this.#startInBrowser(starts, workerUrl);
    const ready = new Int32Array(first.memory.buffer, READY, 1);
    const deadline = Date.now() + PATIENCE_MS;
    while (Atomics.load(ready, 0) < starts.length && Date.now() < deadline) await new Promise((resolve) => { setTimeout(resolve, 1); });
  }

  async #startInNode(starts: readonly WorkerStart[]): Promise<void> {
    const { Worker: NodeWorker } = await nodeModule<typeof import('node:worker_threads')>('node:worker_threads');
    for (const workerData of starts) {
      // No flags of the host program (loaders, inspectors) are wanted in a thread that only computes.
      const worker = new NodeWorker(workerSource, { eval: true, workerData, execArgv: [], stdin: false });
      // A worker that dies has said so in the shared memory; the command that waits for it reports it.
      worker.on('error', () => {});
      worker.unref();
      this.#workers.push(worker);
    }
  }

  #startInBrowser(starts: readonly WorkerStart[], workerUrl: string | undefined): void {
    const url = workerUrl ?? (this.#url = URL.createObjectURL(new Blob([workerSource], { type: 'text/javascript' })));
    for (const start of starts) {
      const worker = new Worker(url);
      worker.postMessage(start, []);
      this.#workers.push(worker);
    }
  }

  /** Ends all of them; call after `stop` has sent them out of wasm. */
  async end(): Promise<void> {
    await Promise.all(this.#workers.splice(0).map((worker) => worker.terminate()));
    if (this.#url) URL.revokeObjectURL(this.#url);
  }
}
