/** Node's own modules, where there are any, without imports that bundlers for browsers would follow. */

/**
 * Whether this runs in Node, and not in a page or a worker of a page.
 *
 * @example
 * ```ts
 * import { isNode } from '@parsimony/core';
 * isNode(); // => true
 * ```
 */
export const isNode = (): boolean => typeof process === 'object' && process !== null && typeof process.versions?.node === 'string';

/**
 * A module of Node's own, which bundlers for browsers do not see: a package that offers files in Node still bundles for a page. Rejects outside Node.
 *
 * @example
 * ```ts
 * import { nodeModule } from '@parsimony/core';
 * const { basename } = await nodeModule<typeof import('node:path')>('node:path');
 * basename('folder/file.wav'); // => 'file.wav'
 * ```
 */
export async function nodeModule<T>(name: string): Promise<T> {
  const builtin = (process as { getBuiltinModule?: (id: string) => unknown }).getBuiltinModule;
  return (builtin ? builtin(name) : await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as T;
}
