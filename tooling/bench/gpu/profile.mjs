// `node tooling/bench/gpu/profile.mjs [--model NAME] [--size small|large] [--mode webgpu|'webgpu gpu.js'] [--steps N] [--hardware]`: which programs of
// a training step in Node, by Dawn, take how long on the device, after `npm run bench` or `npm run build`. Every dispatch gets a pass of its own
// between two timestamps of the device's clock, so that sums are longer than a step.
import { existsSync, mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { models, sizes } from './models.mjs';

const { values: options } = parseArgs({
  options: {
    model: { type: 'string', multiple: true, default: models }, size: { type: 'string', default: 'small' }, mode: { type: 'string', default: 'webgpu' },
    steps: { type: 'string', default: '10' }, hardware: { type: 'boolean', default: false },
  },
});
const size = sizes[options.size];
if (!size) throw new Error(`--size must be one of ${Object.keys(sizes).join(', ')}, received ${options.size}.`);
const steps = Number(options.steps);

const swiftShader = '/usr/lib/chromium/vk_swiftshader_icd.json';
if (!options.hardware && existsSync(swiftShader)) process.env.VK_DRIVER_FILES ??= swiftShader;
process.env.XDG_RUNTIME_DIR ??= mkdtempSync(join(tmpdir(), 'parsimony-profile-'));

// The package `webgpu` is core's.
const fromCore = createRequire(createRequire(import.meta.url).resolve('@parsimony/core/package.json'));
const { create, globals } = await import(fromCore.resolve('webgpu'));
Object.assign(globalThis, globals);
Object.defineProperty(globalThis, 'navigator', { value: { gpu: create(['disable-dawn-features=timestamp_quantization']) }, configurable: true });

/** Dispatches of one submission: names of their programs, and the buffer that their times come back in. */
const MOST = 256;
const BufferUsage = { mapRead: 1, copySrc: 4, copyDst: 8, queryResolve: 512 };
/** @type {{ names: string[], back: GPUBuffer }[]} */
let arrived = [];

const patch = (/** @type {any} */ owner, /** @type {string} */ name, /** @type {(original: any) => any} */ make) => { owner.prototype[name] = make(owner.prototype[name]); };
patch(GPUAdapter, 'requestDevice', (original) => function requestDevice(/** @type {any} */ descriptor = {}) {
  if (!this.features.has('timestamp-query')) throw new Error('this adapter has no clock (`timestamp-query`)');
  return original.call(this, { ...descriptor, requiredFeatures: [...descriptor.requiredFeatures ?? [], 'timestamp-query'] });
});
/** @type {WeakMap<object, string>} */
const names = new WeakMap();
patch(GPUDevice, 'createComputePipeline', (original) => function createComputePipeline(/** @type {any} */ descriptor) {
  const pipeline = original.call(this, descriptor);
  names.set(pipeline, descriptor.label);
  return pipeline;
});
/** @type {WeakMap<object, { device: any, querySet: any, names: string[] }>} */
const timed = new WeakMap();
patch(GPUDevice, 'createCommandEncoder', (original) => function createCommandEncoder() {
  const encoder = original.call(this);
  timed.set(encoder, { device: this, querySet: this.createQuerySet({ type: 'timestamp', count: 2 * MOST }), names: [] });
  return encoder;
});
patch(GPUCommandEncoder, 'beginComputePass', (original) => function beginComputePass() {
  const encoder = this;
  const of = /** @type {{ querySet: any, names: string[] }} */ (timed.get(encoder));
  let pipeline, group, offsets;
  return {
    setPipeline(/** @type {any} */ given) { pipeline = given; },
    setBindGroup(/** @type {number} */ _, /** @type {any} */ given, /** @type {number[]} */ at) { [group, offsets] = [given, at]; },
    dispatchWorkgroups(/** @type {number} */ x, /** @type {number} */ y) {
      const at = 2 * of.names.length;
      const pass = original.call(encoder, { timestampWrites: { querySet: of.querySet, beginningOfPassWriteIndex: at, endOfPassWriteIndex: at + 1 } });
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group, offsets);
      pass.dispatchWorkgroups(x, y);
      pass.end();
      of.names.push(`${names.get(pipeline) ?? '?'} | ${x * y}`);
    },
    end() {},
  };
});
patch(GPUCommandEncoder, 'finish', (original) => function finish() {
  const { device, querySet, names: made } = /** @type {any} */ (timed.get(this));
  if (made.length > 0) {
    const bytes = made.length * 16;
    const resolved = device.createBuffer({ size: bytes, usage: BufferUsage.queryResolve | BufferUsage.copySrc });
    const back = device.createBuffer({ size: bytes, usage: BufferUsage.mapRead | BufferUsage.copyDst });
    this.resolveQuerySet(querySet, 0, made.length * 2, resolved, 0);
    this.copyBufferToBuffer(resolved, 0, back, 0, bytes);
    arrived.push({ names: made, back });
  }
  return original.call(this);
});

const { prepare } = await import('./ours.mjs');
for (const model of options.model) {
  const { description, step } = await prepare(options.mode, model, size);
  for (let k = 0; k < 5; k++) await step();
  arrived = [];
  /** @type {Map<string, { ms: number, calls: number }>} */
  const found = new Map();
  let wall = Infinity;
  for (let k = 0; k < steps; k++) {
    const start = performance.now();
    await step();
    wall = Math.min(wall, performance.now() - start);
  }
  /** @type {Map<string, number[]>} Times of the k-th dispatch of a step, by its place and name. */
  const each = new Map();
  let dispatches = 0;
  for (const { names: made, back } of arrived) {
    await back.mapAsync(1);
    const clock = new BigInt64Array(back.getMappedRange());
    made.forEach((name, k) => {
      const times = each.get(name) ?? [];
      times.push(Number((clock[2 * k + 1] ?? 0n) - (clock[2 * k] ?? 0n)) / 1e6);
      each.set(name, times);
      dispatches++;
    });
    back.destroy();
  }
  for (const [name, times] of each) found.set(name, { ms: times.reduce((a, b) => a + b, 0) / steps, calls: times.length / steps });
  const total = [...found.values()].reduce((sum, { ms }) => sum + ms, 0);
  console.log(`\n${model}, ${options.size}, ${options.mode}: ${(dispatches / steps).toFixed(0)} dispatches, ${total.toFixed(2)} ms on the device, fastest step with clocks ${wall.toFixed(2)} ms. ${description}`);
  console.log('| program | workgroups | dispatches a step | ms a step | of all |\n|---|---|---|---|---|');
  for (const [name, { ms, calls }] of [...found].sort(([, a], [, b]) => b.ms - a.ms)) console.log(`| ${name} | ${calls} | ${ms.toFixed(3)} | ${(100 * ms / total).toFixed(1)} % |`);
}
process.exit(0);
