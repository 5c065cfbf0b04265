import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { definePackage } from '../../tooling/tsup/preset.ts';

const require = createRequire(import.meta.url);

/** Packages whose code is bundled into dist/gpu.js; their licences go along. The last two are inside gpu.js's own bundle. */
const ofGpuJs = createRequire(require.resolve('gpu.js/package.json'));
const bundled = [['gpu.js', require], ['acorn', ofGpuJs], ['gpu-mock.js', ofGpuJs]] as const;

export default definePackage({
  entry: { index: 'src/index.ts', gpu: 'src/gpu.ts' },
  // The gpu entry imports core by its name, so that both entries share one state in CommonJS too.
  external: [/^node:/, '@parsimony/core'],
  dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
  onSuccess: async () => {
    const licences = bundled.map(([name, from]) => `${name}\n\n${licenceOf(name, from)}`);
    writeFileSync('dist/THIRD-PARTY-LICENSES.txt', licences.join('\n---\n\n'));
  },
});

function licenceOf(name: string, from: NodeJS.Require): string {
  return readFileSync(join(dirname(from.resolve(`${name}/package.json`)), 'LICENSE'), 'utf8');
}
