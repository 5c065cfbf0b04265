import { gpuExecutor } from '@parsimony/core/gpu';
import { expect, test } from 'vitest';

const circle: Record<string, unknown> = {};
circle['self'] = circle;

test.each([
  [{ wgsl: 'no' }, "gpuExecutor: `wgsl` must be true, false, 'tiles' or 'registers', received \"no\"."],
  [{ wgsl: 1n }, "gpuExecutor: `wgsl` must be true, false, 'tiles' or 'registers', received 1."],
  [{ wgsl: () => true }, 'gpuExecutor: `wgsl` must be true, false, \'tiles\' or \'registers\', received function'],
  [{ wgsl: circle }, "gpuExecutor: `wgsl` must be true, false, 'tiles' or 'registers', received a"],
  [{ glsl: 0 }, 'gpuExecutor: `glsl` must be'],
  [{ strict: 1 }, 'gpuExecutor: `strict` must be'],
  [{ mode: 'metal' }, 'gpuExecutor: `mode` must be'],
  [{ wgls: true }, 'wgls'],
])('%o is refused', (options, message) => expect(() => gpuExecutor(options as object)).toThrow(message));
