/** Bytes of a named file, from a folder (Node) or a URL, decompressed where it is gzip. */
import { fail } from '@parsimony/core';

const isUrl = (place: string): boolean => /^[a-z][a-z0-9+.-]+:\/\//i.test(place);

/** Whether some file of these names is there; the first wins. */
async function readFirst(folder: string, names: readonly string[]): Promise<{ readonly name: string; readonly bytes: Uint8Array } | undefined> {
  const [{ readFile }, { join }] = await Promise.all([import('node:fs/promises'), import('node:path')]);
  for (const name of names) {
    try {
      return { name: join(folder, name), bytes: await readFile(join(folder, name)) };
    } catch (error) {
      const code = (error as { readonly code?: string }).code;
      if (code !== 'ENOENT' && code !== 'ENOTDIR') {
        fail('file', `${join(folder, name)}: could not be read (${(error as Error).message}).`, { cause: error });
      }
    }
  }
  return undefined;
}

async function fetchFirst(base: string, names: readonly string[]): Promise<{ readonly name: string; readonly bytes: Uint8Array } | undefined> {
  for (const name of names) {
    const url = `${base.replace(/\/$/, '')}/${name}`;
    let response: Response;
    try {
      response = await fetch(url);
    } catch (error) {
      return fail('file', `${url}: could not be fetched (${(error as Error).message}).`, { cause: error });
    }
    if (response.ok) return { name: url, bytes: new Uint8Array(await response.arrayBuffer()) };
    if (response.status !== 404) fail('file', `${url}: the server answered ${response.status} ${response.statusText}.`);
  }
  return undefined;
}

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
export async function loadBytes(place: string, names: readonly string[]): Promise<{ readonly name: string; readonly bytes: Uint8Array }> {
  const all = names.flatMap((name) => [name, `${name}.gz`]);
  const found = await (isUrl(place) ? fetchFirst(place, all) : readFirst(place, all))
    ?? fail('file', `${place}: expected one of the files ${all.join(', ')}; none is there.`);
  const gzip = found.bytes[0] === 0x1f && found.bytes[1] === 0x8b;
  return gzip ? { name: found.name, bytes: await gunzip(found.name, found.bytes) } : found;
}
