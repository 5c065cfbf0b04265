import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { definePackage } from '../../tooling/tsup/preset.ts';

const parts = ['image', 'mix', 'audio', 'text', 'tabular', 'files'];

/** Bundled into what the audio part is, since it is no CommonJS; its licence goes along. */
const bundled = 'fourier-transform';

// `splitting`: what parts share is one module in CommonJS too, whichever of them a program imports.
export default definePackage({
  entry: { index: 'src/index.ts', ...Object.fromEntries(parts.map((part) => [part, `src/${part}/index.ts`])) },
  splitting: true,
  onSuccess: async () => {
    const folder = dirname(createRequire(import.meta.url).resolve(bundled));
    writeFileSync('dist/THIRD-PARTY-LICENSES.txt', `${bundled}\n\n${readFileSync(join(folder, 'LICENSE'), 'utf8')}`);
  },
});
