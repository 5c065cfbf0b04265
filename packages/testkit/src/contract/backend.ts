/** Which backend a check runs on. */
import { ready, scalar, useBackend, type Executor } from '@parsimony/core';
import { referenceExecutor } from '../reference';

/** The backend in use, made ready. */
async function backendInUse(): Promise<Executor> {
  await ready();
  const probe = scalar(0);
  const { executor } = probe;
  probe.dispose();
  return executor;
}

/** Runs `fn` on a reference executor of its own; the backend in use is as before afterwards. */
export async function onReference<T>(fn: (executor: Executor) => Promise<T>): Promise<T> {
  const before = await backendInUse();
  const executor = await useBackend(referenceExecutor());
  try {
    return await fn(executor);
  } finally {
    await useBackend(before);
  }
}
