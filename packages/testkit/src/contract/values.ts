/** Reading and copying what models hold, for the contract suites. */
import { type Params, type ParsimonyError, type Tensor, tensor, type TensorData } from '@parsimony/core';
import { refuse } from '../assertion';
import { indexOf } from '../closeness';

export type Snapshot = Readonly<Record<string, TensorData>>;

/** The values of every tensor by path. */
export async function snapshot(params: Params): Promise<Snapshot> {
  const out: Record<string, TensorData> = {};
  for (const [path, value] of Object.entries(params)) out[path] = await value.data();
  return out;
}

/** Copies that share no storage. */
export async function cloneAll(params: Params): Promise<Record<string, Tensor>> {
  const out: Record<string, Tensor> = {};
  for (const [path, value] of Object.entries(params)) out[path] = tensor(await value.data(), value.shape, { dtype: value.dtype });
  return out;
}

/** Refuses two arrays that differ in any bit (0 and -0 count as equal, NaN as itself). */
export function expectSameBits(what: string, actual: ArrayLike<number>, expected: ArrayLike<number>, shape?: readonly number[]): void {
  if (actual.length !== expected.length) refuse(`${what}: expected ${expected.length} elements, received ${actual.length}.`);
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [actual[i] ?? NaN, expected[i] ?? NaN];
    if (a === b || (Number.isNaN(a) && Number.isNaN(b))) continue;
    refuse(`${what}: expected the same bits; at [${indexOf(i, shape ?? [expected.length]).join(', ')}] received ${a}, expected ${b}.`);
  }
}

export function expectSameSnapshot(what: string, actual: Snapshot, expected: Snapshot): void {
  const [a, b] = [Object.keys(actual).sort().join(), Object.keys(expected).sort().join()];
  if (a !== b) refuse(`${what}: expected tensors ${b}, received ${a}.`);
  for (const [path, values] of Object.entries(expected)) expectSameBits(`${what}, \`${path}\``, actual[path] ?? [], values);
}

/** Whether any element of any tensor differs. */
export function differs(a: Snapshot, b: Snapshot): boolean {
  return Object.entries(b).some(([path, values]) => values.some((v, i) => a[path]?.[i] !== v));
}

/** Refuses anything but a `ParsimonyError` of this code whose message contains `text`. */
export async function expectError(what: string, code: ParsimonyError['code'], text: string, run: () => unknown): Promise<void> {
  let thrown: unknown;
  try {
    await run();
  } catch (error) {
    thrown = error;
  }
  if (thrown === undefined) refuse(`${what}: expected an error that mentions "${text}", nothing was thrown.`);
  const { name, code: received, message } = thrown as Partial<ParsimonyError>;
  // By name: the error may come from another copy of core.
  if (name !== 'ParsimonyError' || received !== code) refuse(`${what}: expected a ParsimonyError with code '${code}', received ${name ?? typeof thrown} ${received === undefined ? '' : `with code '${received}' `}(${message ?? String(thrown)}).`);
  if (!message?.includes(text)) refuse(`${what}: expected a message that mentions "${text}", received "${message ?? ''}".`);
}
