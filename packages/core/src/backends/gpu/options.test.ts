import { gpuExecutor } from '@parsimony/core/gpu';
import { expect, test } from 'vitest';

test.each([
  [{ wgsl: 'no' }, 'gpuExecutor: `wgsl` must be'],
  [{ glsl: 0 }, 'gpuExecutor: `glsl` must be'],
  [{ strict: 1 }, 'gpuExecutor: `strict` must be'],
  [{ mode: 'metal' }, 'gpuExecutor: `mode` must be'],
  [{ wgls: true }, 'wgls'],
])('%o is refused', (options, message) => expect(() => gpuExecutor(options as object)).toThrow(message));
