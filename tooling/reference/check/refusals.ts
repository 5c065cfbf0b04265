/** Junk in every place of a call: an error of ours that says what came, never a TypeError and never silence. */
import { inference, isTensor, type nn, ParsimonyError, random, training, zeros } from '@parsimony/core';
import { expect, test } from 'vitest';

/** A function, or a class, and arguments that it takes; made anew for each call. */
export type Call = readonly [call: (...args: never) => unknown, args: () => readonly unknown[]];

export const called = (call: (...args: never) => unknown, args: () => readonly unknown[]): Call => [call, args];
export const made = (type: abstract new (...args: never) => unknown, args: () => readonly unknown[]): Call =>
  [(...given: never) => Reflect.construct(type, given) as unknown, args];

const junk: readonly (readonly [kind: string, value: unknown])[] = [
  ['null', null], ['number', Number.NaN], ['string', 'no such thing'], ['boolean', true], ['list', []], ['list', [undefined]], ['object', { nothing: 1 }], ['function', () => undefined],
  ['symbol', Symbol('junk')], ['bigint', 5n],
];

const isPlain = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
const kindOf = (value: unknown): string => (Array.isArray(value) ? 'list' : isTensor(value) ? 'tensor' : typeof value);

type Path = readonly (string | number)[];

/** Every argument, option and element, by its place. */
function places(value: unknown, path: Path = []): Path[] {
  const inner = path.length === 0 || isPlain(value) || (Array.isArray(value) && String(value) !== String(random.key(1)));
  const own = path.length === 0 ? [] : [path];
  return inner ? [...own, ...Object.keys(value as object).flatMap((key) => places((value as Record<string, unknown>)[key], [...path, key]))] : own;
}

const at = (root: unknown, path: Path): unknown => path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], root);

/**
 * Declares a test for each call. NaN, null and values of another kind are tried in every place; an unknown option is added to every
 * object. `allowed` names places where null, or another kind, means something: `'BatchNorm1d[1].momentum null'`.
 */
export function testRefusals(calls: Readonly<Record<string, Call>>, allowed: readonly string[] = []): void {
  test.each(Object.entries(calls))('%s refuses junk', async (name, [call, args]) => {
    await attempt(call, args());
    for (const path of places(args())) {
      const good = at(args(), path);
      const where = `${name}${path.map((key) => (Number.isNaN(Number(key)) ? `.${key}` : `[${key}]`)).join('')}`;
      const tried = [...junk.filter(([kind, value]) => kind !== kindOf(good) || Number.isNaN(value)), ...(isPlain(good) ? [['object', { ...good, nothing: 1 }] as const] : [])];
      for (const [kind, value] of tried) {
        if (allowed.includes(`${where} ${kind}`)) continue;
        const given = args();
        (at(given, path.slice(0, -1)) as Record<string, unknown>)[path.at(-1) as string] = value;
        const error = await attempt(call, given).catch((e: unknown) => e);
        expect(error, `${where} = ${kind}`).toBeInstanceOf(ParsimonyError);
      }
    }
  });
}

/** Declares a test for each module: in training, and in evaluation if it computes there, inputs that are no float32 tensors are refused. */
export function testInputRefusals(modules: Readonly<Record<string, () => unknown>>, { evaluation }: { readonly evaluation: boolean }): void {
  test.each(Object.entries(modules))('%s refuses inputs that are no tensors', (_, build) => {
    const module = (build() as nn.Module<unknown, unknown>).init(random.key(0));
    for (const x of [null, undefined, 3, 'x', [[1, 2]], {}, zeros([2, 4], { dtype: 'int32' }), zeros([2, 4], { dtype: 'bool' })]) {
      for (const ctx of [training({ key: random.key(1) }), ...(evaluation ? [inference()] : [])]) {
        let error: unknown;
        try { module.forward(x, ctx); } catch (e) { error = e; }
        expect(error, `${ctx.mode} ${isTensor(x) ? x.dtype : String(x)}`).toBeInstanceOf(ParsimonyError);
      }
    }
  });
}

async function attempt(call: (...args: never) => unknown, args: readonly unknown[]): Promise<void> {
  const result: unknown = await (call as (...args: readonly unknown[]) => unknown)(...args);
  if (isTensor(result)) await result.data();
}
