import { existsSync } from 'node:fs';
import { definePackage } from '../../tooling/tsup/preset.ts';

const gpu = existsSync('src/gpu.ts') ? { gpu: 'src/gpu.ts' } : {};

export default definePackage({ entry: { index: 'src/index.ts', ...gpu } });
