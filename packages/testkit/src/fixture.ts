/** Reads the fixtures that PyTorch wrote; tooling/reference/README.md describes the format. */
import { type DType, fail, show, type Tensor, tensor } from '@parsimony/core';
import type { HostTensor } from './run-kernel';

/** An array of a fixture: as it stands in the file, float64 included. */
export interface FixtureArray extends HostTensor {
  readonly data: Float64Array | Float32Array | Int32Array | Uint8Array;
  readonly dtype: DType;
}

export interface Fixture<C = Readonly<Record<string, unknown>>> {
  /** What computed it, as `torch 1.13.0`. */
  readonly source: string;
  readonly cases: readonly C[];
}

const types = { float64: Float64Array, float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/**
 * Loads a fixture: a `file:` URL in Node, anything else through `fetch`. Every array in it comes decoded, with float64 marked
 * as `float32`, the tensor type that holds it.
 *
 * @throws file: no such file. data: not JSON, or an array whose bytes do not fill its shape.
 * @example
 * ```ts no-run
 * import { fixture } from '@parsimony/testkit';
 * const { source, cases } = await fixture(new URL('../fixtures/losses.json', import.meta.url));
 * ```
 */
export async function fixture<C = Readonly<Record<string, unknown>>>(url: URL | string): Promise<Fixture<C>> {
  const address = new URL(url);
  let text: string;
  try {
    text = address.protocol === 'file:' ? await (await import('node:fs/promises')).readFile(address, 'utf8') : await (await fetch(address)).text();
  } catch (cause) {
    return fail('file', `fixture: cannot read ${address.href}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    return fail('data', `fixture: ${address.href} is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  return decodeFixture(parsed) as Fixture<C>;
}

/**
 * The value with every `{ dtype, shape, data: base64 }` in it decoded: row-major, little-endian, bool one byte an element.
 *
 * @throws data: an unknown type, or bytes that do not fill the shape.
 * @example
 * ```ts
 * import { decodeFixture } from '@parsimony/testkit';
 * const encoded = { dtype: 'int32', shape: [2], data: 'AQAAAAIAAAA=' };
 * decodeFixture({ x: encoded }); // => { x: { dtype: 'int32', shape: [2], data: [1, 2] } }
 * ```
 */
export function decodeFixture(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decodeFixture);
  if (value === null || typeof value !== 'object') return value;
  if (isEncoded(value)) return decodeArray(value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, decodeFixture(item)]));
}

/**
 * A fixture's array as a tensor of the backend in use.
 *
 * @example
 * ```ts
 * import { ready } from '@parsimony/core';
 * import { toTensor } from '@parsimony/testkit';
 * await ready();
 * await toTensor({ data: [1, 2], shape: [2, 1] }).array(); // => [[1], [2]]
 * ```
 */
export function toTensor({ data, shape, dtype = 'float32' }: HostTensor): Tensor {
  return tensor(ArrayBuffer.isView(data) ? data as Float64Array : Float64Array.from(data), shape, { dtype });
}

interface Encoded { readonly dtype: string; readonly shape: readonly number[]; readonly data: string }

const isEncoded = (value: object): value is Encoded => 'dtype' in value && 'shape' in value && typeof (value as { data?: unknown }).data === 'string';

function decodeArray({ dtype, shape, data }: Encoded): FixtureArray {
  const Type = types[dtype as keyof typeof types] ?? fail('data', `fixture: expected one of the types ${Object.keys(types).join(', ')}, received ${show(dtype)}.`);
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const size = shape.reduce((a, b) => a * b, 1);
  if (bytes.length !== size * Type.BYTES_PER_ELEMENT) {
    fail('data', `fixture: a ${dtype} array of shape [${shape.join(', ')}] takes ${size * Type.BYTES_PER_ELEMENT} bytes, received ${bytes.length}.`);
  }
  return { data: new Type(bytes.buffer), shape, dtype: dtype === 'int32' || dtype === 'bool' ? dtype : 'float32' };
}
