/**
 * Timing shared by ours and the JavaScript peers: warm up, then time steps one by one until the budget is spent, and print
 * one line of JSON for main.mjs. The median counts; the spread is the 10th and 90th percentile.
 * @param {() => unknown | Promise<unknown>} step
 * @param {{ warmup?: number, seconds?: number, least?: number, most?: number }} [options]
 */
export async function measure(step, { warmup = 20, seconds = 6, least = 15, most = 400 } = {}) {
  for (let i = 0; i < warmup; i++) await step();
  const times = [];
  const end = performance.now() + seconds * 1000;
  while (times.length < most && (times.length < least || performance.now() < end)) {
    const start = performance.now();
    await step();
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const at = (/** @type {number} */ q) => times[Math.min(times.length - 1, Math.floor(q * times.length))];
  return { ms: at(0.5), low: at(0.1), high: at(0.9), steps: times.length };
}

/** The step's data: the same shapes for everybody, values from a small generator of its own. */
export function data(/** @type {number} */ count, seed = 1) {
  let state = seed >>> 0;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296 - 0.5;
  });
}

export const report = (/** @type {object} */ result) => console.log(`RESULT ${JSON.stringify(result)}`);
