import { definePackage } from '../../tooling/tsup/preset.ts';

export default [
  // What a parsimony.config.ts imports. Each build leaves the other's files alone.
  definePackage({ clean: ['!main*'] }),
  // The command is run, never imported: ESM for Node only, and no declarations.
  definePackage({ entry: { main: 'src/main.ts' }, format: ['esm'], platform: 'node', dts: false, clean: ['!index*'] }),
];
