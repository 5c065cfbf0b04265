import { definePackage } from '../../tooling/tsup/preset.ts';

export default definePackage({ entry: { index: 'src/index.ts', gpu: 'src/gpu.ts' } });
