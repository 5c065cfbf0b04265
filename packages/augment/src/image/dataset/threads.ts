/** Workers as both Node and browsers have them: started, told things, listened to, ended. */
import { fail, isNode, nodeModule } from '@parsimony/core';
import type { Answer, Job, Start } from './worker/messages';

export interface Thread {
  send(message: Start | Job): void;
  /** Whether it keeps the process alive. */
  hold(yes: boolean): void;
  end(): Promise<void>;
}

export interface Listener {
  answered(answer: Answer): void;
  /** It is no more: what it died of. */
  died(why: string): void;
}

/** Why there can be no threads here that share memory, or undefined. */
export function noThreadsReason(): string | undefined {
  if (typeof SharedArrayBuffer === 'undefined') return 'SharedArrayBuffer is not available; in a browser, serve the page with COOP and COEP headers';
  if (isNode()) return undefined;
  if (typeof Worker === 'undefined') return 'there are no workers here';
  return (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated === true ? undefined : 'the page is not cross-origin isolated; serve it with COOP and COEP headers';
}

/** Starts one. `loaders`: whether flags of the program, such as loaders for TypeScript, hold for it too. */
export async function startThread(listener: Listener, workerUrl: string | undefined, loaders: boolean): Promise<Thread> {
  // Loaded when threads are wanted, so that a program without them does not have all transforms twice.
  const { workerSource } = await import('./generated/worker-source');
  return isNode() ? startInNode(listener, workerSource, loaders) : startInBrowser(listener, workerSource, workerUrl);
}

async function startInNode({ answered, died }: Listener, source: string, loaders: boolean): Promise<Thread> {
  const { Worker: NodeWorker } = await nodeModule<typeof import('node:worker_threads')>('node:worker_threads');
  // A module, and by an address: what is made with `eval` has no loaders.
  const worker = new NodeWorker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), { stdin: false, ...(loaders ? {} : { execArgv: [] }) });
  let error: unknown;
  worker.on('message', answered);
  worker.on('error', (thrown: unknown) => { error = thrown; });
  worker.on('exit', (code) => { died(error === undefined ? `exit code ${code}` : error instanceof Error ? error.message : String(error)); });
  worker.unref();
  return {
    send: (message) => { worker.postMessage(message, []); },
    hold: (yes) => { if (yes) worker.ref(); else worker.unref(); },
    end: async () => { await worker.terminate(); },
  };
}

async function startInBrowser({ answered, died }: Listener, source: string, workerUrl: string | undefined): Promise<Thread> {
  const own = workerUrl === undefined ? URL.createObjectURL(new Blob([source], { type: 'text/javascript' })) : undefined;
  const worker = new Worker(workerUrl ?? own ?? fail('state', 'no address'), { type: 'module' });
  worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => { answered(data); });
  worker.addEventListener('error', (event) => {
    worker.terminate();
    died(event.message || 'it could not be loaded');
  });
  return {
    send: (message) => { worker.postMessage(message, []); },
    hold: () => {},
    end: async () => {
      worker.terminate();
      if (own !== undefined) URL.revokeObjectURL(own);
    },
  };
}
