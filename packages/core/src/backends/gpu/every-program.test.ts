/** The source of every program that the cases of the parity suite run, for every device, without one: it parses, and gpu.js translates it to WGSL and GLSL. */
import { parse } from 'acorn';
import * as bundle from 'gpu.js/dist/gpu-browser.js';
import { executorErrors } from '@parsimony/testkit';
import { expect, test } from 'vitest';
import type { Device } from './device';
import { translate } from './devices/webgpu/translate';
import { GpuExecutor } from './executor';
import type { Program } from './program';

/** Writes down what it is told to run. */
function recorder(): { readonly device: Device; readonly programs: Set<Program> } {
  const programs = new Set<Program>();
  const device: Device = {
    mode: 'webgpu', lanes: 4, wgsl: 'tiles', description: 'records programs', maxLength: 2 ** 24, readLag: 0,
    allocate: (length) => ({ length }), free: () => undefined, write: () => undefined, run: (program) => { programs.add(program); },
    read: async ({ size }) => new Float32Array(size), fallbacks: () => [], dispose: async () => undefined,
  };
  return { device, programs };
}

const { device, programs: found } = recorder();
await executorErrors(new GpuExecutor(async () => device), { wideIntegers: false });
/** Those with WGSL alone run in webgpu-node.test.ts. */
const programs = [...found].filter(({ wgslOnly }) => !wgslOnly);

/** gpu.js's translation to GLSL 3, which needs no context; its kernel does. */
function toGlsl(program: Program): string {
  const gpu = bundle as unknown as {
    readonly FunctionBuilder: { fromKernel(kernel: object, node: unknown, options: object): { getPrototypeString(name: string): string } };
    readonly WebGL2FunctionNode: unknown;
  };
  return gpu.FunctionBuilder.fromKernel({
    source: program.source(4), functions: program.functions, argumentNames: program.parameters,
    kernelArguments: program.argumentTypes.map((type) => ({ type: type === 'Array' ? 'MemoryOptimizedNumberTexture' : type })), kernelConstants: [],
    argumentSizes: [], argumentBitRatios: program.argumentTypes.map(() => 4), constants: {}, constantBitRatios: {}, output: [1],
    loopMaxIterations: 2 ** 24, precision: 'single', dynamicArguments: true, dynamicOutput: true,
  }, gpu.WebGL2FunctionNode, { fixIntegerDivisionAccuracy: false }).getPrototypeString('kernel');
}

test('there are programs of every kind', () => {
  expect(programs.length).toBeGreaterThan(200);
  expect(new Set(programs.map(({ name }) => name)).size).toBeGreaterThan(110);
});

test.each(programs.map((program) => [`${program.name}(${program.parameters.join(', ')})`, program] as const))('%s parses and is translated', (_, program) => {
  for (const lanes of [1, 4] as const) {
    const source = `(${program.source(lanes)})`;
    parse(source, { ecmaVersion: 2015 });
    expect(source).not.toMatch(/NaN|Infinity|undefined|\?\?|\?\.|while|\$/);
  }
  for (const { source } of program.functions) parse(source, { ecmaVersion: 2015 });
  expect(translate(program).wgsl).not.toMatch(/NaN|Infinity|undefined/);
  expect(toGlsl(program)).toMatch(/kernelResult = vec4/);
  // WebGPU binds eight buffers at least.
  expect(program.inputs.length + 1).toBeLessThanOrEqual(8);
});
