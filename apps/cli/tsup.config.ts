import { definePackage } from '../../tooling/tsup/preset.ts';

// The command is run, never imported: ESM for Node only, and no declarations.
export default definePackage({
  entry: { main: 'src/main.ts' },
  format: ['esm'],
  platform: 'node',
  dts: false,
});
