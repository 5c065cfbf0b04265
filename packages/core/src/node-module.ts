/** Node's own modules, where there are any, without imports that bundlers for browsers would follow. */

export const isNode = (): boolean => typeof process === 'object' && process !== null && typeof process.versions?.node === 'string';

export async function nodeModule<T>(name: string): Promise<T> {
  const builtin = (process as { getBuiltinModule?: (id: string) => unknown }).getBuiltinModule;
  return (builtin ? builtin(name) : await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as T;
}
