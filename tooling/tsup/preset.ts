import { defineConfig, type Options } from 'tsup';

/**
 * How every package is built: ESM and CommonJS, each with declarations of its own.
 * `platform: 'neutral'` keeps one build for Node and the browser; Node's modules stay imports, loaded where they exist.
 */
export function definePackage(options: Options = {}) {
  return defineConfig({
    entry: { index: 'src/index.ts' },
    format: ['esm', 'cjs'],
    target: 'es2022',
    platform: 'neutral',
    external: [/^node:/],
    sourcemap: true,
    clean: true,
    // `import.meta.url` in CommonJS.
    shims: true,
    silent: true,
    // `paths` would inline the sources of sibling packages; here they are read as a consumer reads them, from dist.
    dts: { compilerOptions: { ignoreDeprecations: '6.0', paths: {} } },
    outExtension: ({ format }) => ({ js: format === 'cjs' ? '.cjs' : '.js' }),
    ...options,
  });
}
