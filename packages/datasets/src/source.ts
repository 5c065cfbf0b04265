/** Bytes of a named file, from a folder (Node) or a URL, decompressed where it is gzip. */
import { fail, nodeModule } from '@parsimony/core';

const isUrl = (place: string): boolean => /^[a-z][a-z0-9+.-]+:\/\//i.test(place);

interface Found { readonly name: string; readonly bytes: Uint8Array }

/** Undefined where there is no such file. */
async function readBytes(path: string): Promise<Uint8Array | undefined> {
  const { readFile } = await nodeModule<typeof import('node:fs/promises')>('node:fs/promises');
  try {
    return await readFile(path);
  } catch (error) {
    const code = (error as { readonly code?: string }).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    return fail('file', `${path}: could not be read (${(error as Error).message}).`, { cause: error });
  }
}

/** Undefined where the server has no such file. */
async function fetchBytes(url: string): Promise<Uint8Array | undefined> {
  let response: Response;
  try {
    response = await fetch(url);
  } catch (error) {
    return fail('file', `${url}: could not be fetched (${(error as Error).message}).`, { cause: error });
  }
  if (response.ok) return new Uint8Array(await response.arrayBuffer());
  return response.status === 404 ? undefined : fail('file', `${url}: the server answered ${response.status} ${response.statusText}.`);
}

/** Whether some file of these names is there; the first wins. */
async function first(names: readonly string[], read: (name: string) => Promise<Uint8Array | undefined>): Promise<Found | undefined> {
  for (const name of names) {
    const bytes = await read(name);
    if (bytes !== undefined) return { name, bytes };
  }
  return undefined;
}

async function readFirst(folder: string, names: readonly string[]): Promise<Found | undefined> {
  const { join } = await nodeModule<typeof import('node:path')>('node:path');
  return first(names.map((name) => join(folder, name)), readBytes);
}

const fetchFirst = (base: string, names: readonly string[]): Promise<Found | undefined> =>
  first(names.map((name) => `${base.replace(/\/$/, '')}/${name}`), fetchBytes);

async function gunzip(name: string, bytes: Uint8Array): Promise<Uint8Array> {
  try {
    const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream('gzip'));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch (error) {
    return fail('file', `${name}: the gzip data is truncated or damaged (${(error as Error).message}). Download or copy it again.`, { cause: error });
  }
}

/**
 * The first of `names` (each also with `.gz`) in a folder or under a URL.
 *
 * @throws file: none is there, or it cannot be read or decompressed.
 */
export async function loadBytes(place: string, names: readonly string[]): Promise<Found> {
  const all = names.flatMap((name) => [name, `${name}.gz`]);
  const found = await (isUrl(place) ? fetchFirst(place, all) : readFirst(place, all))
    ?? fail('file', `${place}: expected one of the files ${all.join(', ')}; none is there.`);
  return { name: found.name, bytes: await plain(found.name, found.bytes) };
}

/**
 * The bytes of one file (Node) or URL.
 *
 * @throws file: it is not there, or cannot be read or decompressed.
 */
export async function loadFile(place: string): Promise<Uint8Array> {
  const found = await (isUrl(place) ? fetchBytes(place) : readBytes(place)) ?? fail('file', `${place}: there is no such file.`);
  return plain(place, found);
}

/** Bytes decompressed where they are gzip. */
const plain = async (name: string, bytes: Uint8Array): Promise<Uint8Array> => (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzip(name, bytes) : bytes);
