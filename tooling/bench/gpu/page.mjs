// The page that browser.mjs opens once a task.
import { runTask } from './run.mjs';

const libraries = { parsimony: () => import('./ours.mjs'), tfjs: () => import('./tfjs.mjs'), 'jax-js': () => import('./jax-js.mjs') };

globalThis.bench = async (/** @type {import('./run.mjs').Task} */ task) => {
  try {
    return { result: await runTask(await libraries[task.library](), task) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
};
