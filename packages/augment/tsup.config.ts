import { definePackage } from '../../tooling/tsup/preset.ts';

const parts = ['image', 'mix', 'audio', 'text', 'tabular'];

// `splitting`: what parts share is one module in CommonJS too, whichever of them a program imports.
export default definePackage({
  entry: { index: 'src/index.ts', ...Object.fromEntries(parts.map((part) => [part, `src/${part}/index.ts`])) },
  splitting: true,
});
