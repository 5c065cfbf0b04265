import { build } from 'vite';
import { workspaceAlias } from './preset.ts';

/** Bundles a TypeScript program of the workspace, sources of sibling packages included, for tests that run it in a process of its own. */
export async function bundleForNode(entry: string, outDir: string, name: string): Promise<string> {
  await build({
    configFile: false,
    logLevel: 'error',
    root: outDir,
    resolve: { alias: workspaceAlias },
    ssr: { noExternal: true },
    build: { ssr: entry, outDir, emptyOutDir: false, minify: false, rollupOptions: { output: { format: 'es', entryFileNames: `${name}.mjs` } } },
  });
  return `${outDir}/${name}.mjs`;
}
