/** Where an image comes from: its bytes, and what to call it in an error. */
import { fail, isNode, nodeModule, show } from '@parsimony/core';

/** A path or URL, a `Blob` or `File`, or the bytes of a file. */
export type ImageSource = string | URL | Blob | Uint8Array | ArrayBuffer;

interface Source {
  /** Undefined of bytes. */
  readonly name: string | undefined;
  readonly bytes: Uint8Array;
}

const isUrl = (place: string): boolean => /^(https?|data|blob):/i.test(place);

export async function bytesOf(where: string, source: ImageSource): Promise<Source> {
  if (source instanceof Uint8Array) return { name: undefined, bytes: source };
  if (source instanceof ArrayBuffer) return { name: undefined, bytes: new Uint8Array(source) };
  if (typeof Blob === 'function' && source instanceof Blob) {
    const { name } = source as { readonly name?: string };
    return { name: name ?? `${where}: the Blob`, bytes: new Uint8Array(await source.arrayBuffer()) };
  }
  if (source instanceof URL || (typeof source === 'string' && source !== '')) {
    const place = String(source);
    const name = place.startsWith('data:') ? `${place.slice(0, 32)}…` : place;
    return { name, bytes: isUrl(place) || !isNode() ? await fetched(name, place) : await fileBytes(name, source) };
  }
  return fail('option', `${where}: expected a path, a URL, a Blob or the bytes of a file, received ${show(source)}.`);
}

async function fetched(name: string, url: string): Promise<Uint8Array> {
  let response: Response;
  try {
    response = await fetch(url);
  } catch (error) {
    return fail('file', `${name}: could not be fetched (${(error as Error).message}).`, { cause: error });
  }
  return response.ok ? new Uint8Array(await response.arrayBuffer()) : fail('file', `${name}: the server answered ${response.status} ${response.statusText}.`);
}

async function fileBytes(name: string, path: string | URL): Promise<Uint8Array> {
  const { readFile } = await nodeModule<typeof import('node:fs/promises')>('node:fs/promises');
  try {
    return await readFile(path instanceof URL || !path.startsWith('file:') ? path : new URL(path));
  } catch (error) {
    return fail('file', `${name}: could not be read (${(error as Error).message}).`, { cause: error });
  }
}
