import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { definePackage } from '../../tooling/tsup/preset.ts';

const require = createRequire(import.meta.url);

/** Packages whose code is bundled into dist/gpu.js; their licences go along. acorn is inside gpu.js's own bundle. */
const bundled = ['gpu.js', 'acorn'];

export default definePackage({
  entry: { index: 'src/index.ts', gpu: 'src/gpu.ts' },
  // The gpu entry imports core by its name, so that both entries share one state in CommonJS too.
  external: [/^node:/, '@parsimony/core'],
  dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
  onSuccess: async () => {
    const licences = bundled.map((name) => `${name}\n\n${readFileSync(licenceOf(name), 'utf8')}`);
    writeFileSync('dist/THIRD-PARTY-LICENSES.txt', licences.join('\n---\n\n'));
  },
});

function licenceOf(name: string): string {
  return join(dirname(require.resolve(`${name}/package.json`)), 'LICENSE');
}
