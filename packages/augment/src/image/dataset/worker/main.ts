/** What a worker of an imageDataset runs; scripts/build-worker.mjs makes a text of it. */
import { fail, ParsimonyError, show } from '@parsimony/core';
import { parseTransform } from '../../../transform/json';
import type { Transform, TransformJson } from '../../../transform/transform';
import { type Source, writeRows } from '../rows';
import { chosenTransforms } from '../transforms';
import type { Answer, Job, Start, WorkerFactory } from './messages';

interface Port { send(message: Answer): void; listen(to: (message: Start | Job) => void): void }

const where = 'imageDataset';

const answer = (job: number | undefined, error: unknown): Answer => ({
  job,
  error: {
    code: error instanceof ParsimonyError ? error.code : 'data',
    message: error instanceof Error ? error.message : String(error),
    stack: error instanceof Error ? error.stack : undefined,
  },
});

async function open(): Promise<Port> {
  if (typeof process === 'object' && typeof process.versions?.node === 'string') {
    const { parentPort } = await import('node:worker_threads');
    if (!parentPort) return fail('state', 'This is no worker.');
    return { send: (message) => { parentPort.postMessage(message, []); }, listen: (to) => { parentPort.on('message', to); } };
  }
  const scope = globalThis as unknown as MessagePort;
  return { send: (message) => { scope.postMessage(message, []); }, listen: (to) => { scope.addEventListener('message', ({ data }: MessageEvent<Start | Job>) => { to(data); }); } };
}

const names = ['transform', 'evalTransform'] as const;

/** The transforms that the main thread has: of their JSON, or of the module that makes them. */
async function sourceOf(start: Start): Promise<Source> {
  const { images, size, normalize, factory } = start;
  const made = factory ? await makeBy(factory) : chosenTransforms(where, Object.fromEntries(names.flatMap((name) => (start[name] ? [[name, parsed(start[name])]] : []))));
  for (const name of names) {
    const [here, there] = [JSON.stringify(made[name]), start[name] && JSON.stringify(start[name])];
    if (here !== there) fail('option', `${where}: \`${name}\` is ${there ?? 'none'} on the main thread, and the worker's is ${here ?? 'none'}. Let \`factory\` make the same.`);
  }
  return { images, size, normalize, ...made };
}

function parsed(json: TransformJson): Transform {
  try {
    return parseTransform(json);
  } catch (error) {
    return fail('option', `${where}: workers make transforms of their JSON. ${error instanceof Error ? error.message : String(error)} One of your own needs \`factory\`: the address of a module whose default export returns { transform, evalTransform }.`, { cause: error });
  }
}

async function makeBy({ module, args }: WorkerFactory): Promise<ReturnType<typeof chosenTransforms>> {
  const { default: make } = await import(/* @vite-ignore */ module) as { default: unknown };
  if (typeof make !== 'function') return fail('option', `${where}: ${module} must export by default the function that makes the transforms, received ${show(make)}.`);
  return chosenTransforms(`${where}: ${module}`, await (make as (...of: readonly unknown[]) => unknown)(...args));
}

async function work(port: Port): Promise<void> {
  const waiting: Job[] = [];
  let run: (job: Job) => void = (job) => { waiting.push(job); };
  const start = await new Promise<Start>((resolve) => {
    port.listen((message) => { if ('job' in message) run(message); else resolve(message); });
  });
  try {
    const source = await sourceOf(start);
    run = (job) => {
      try {
        writeRows(source, job, job.out);
        port.send({ job: job.job });
      } catch (error) {
        port.send(answer(job.job, error));
      }
    };
    for (const job of waiting) run(job);
  } catch (error) {
    port.send(answer(undefined, error));
  }
}

void open().then(work);
