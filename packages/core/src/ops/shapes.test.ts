/** Ops that move or reduce elements, at random shapes on both executors, against loops that know nothing of strides. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { onBackends } from '../../../../tooling/reference/check/backends';
import { grad, ops, scope, type Tensor, tensor } from '../index';

type Index = readonly number[];
interface Grid { readonly shape: Index; readonly at: (index: Index) => number }

const sizeOf = (shape: Index): number => shape.reduce((a, b) => a * b, 1);
const indices = (shape: Index): Index[] => shape.reduce<Index[]>((all, n) => all.flatMap((head) => Array.from({ length: n }, (_, i) => [...head, i])), [[]]);
/** The number of an element in row-major order. */
const number = (shape: Index, index: Index): number => index.reduce((sum, i, axis) => sum * (shape[axis] ?? 1) + i, 0);

/** x whose elements are their own numbers plus one, and what `expected` says op(x) is. */
async function compare(shape: Index, op: (x: Tensor) => Tensor, expected: (x: Grid) => Grid): Promise<void> {
  const x = tensor(Float32Array.from({ length: sizeOf(shape) }, (_, i) => i + 1), shape);
  const want = expected({ shape, at: (index) => number(shape, index) + 1 });
  const all = indices(want.shape);
  const y = op(x);
  expect(y.shape).toEqual(want.shape);
  expect(Array.from(await y.data())).toEqual(all.map(want.at));
  // The op is linear, so the gradient of sum(op(x) c) holds at each element the sum of c over the places it went to.
  const weights = tensor(Float32Array.from(all, (_, i) => (i % 7) - 3), want.shape);
  const dx = grad((v: Tensor) => ops.sum(ops.mul(op(v), weights)))(x);
  const total = async (a: Tensor, b: Tensor): Promise<number> => (await scope(() => ops.sum(ops.mul(a, b))).item()) + 0; // -0 is 0
  expect(await total(dx, x)).toBe(await total(y, weights));
  for (const t of [x, y, weights, dx]) t.dispose();
}

const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 });
const somewhere = fc.option(fc.integer({ min: -6, max: 6 }), { nil: undefined });
const step = fc.option(fc.integer({ min: -3, max: 3 }).filter((n) => n !== 0), { nil: undefined });
const shuffled = (n: number) => fc.shuffledSubarray(Array.from({ length: n }, (_, i) => i), { minLength: n, maxLength: n });
const subset = (n: number) => fc.subarray(Array.from({ length: n }, (_, i) => i));

const check = (property: fc.IAsyncProperty<unknown>): Promise<void> => fc.assert(property, { numRuns: 150, seed: 7 });

onBackends(() => {
  describe('random shapes', () => {
    test('slice', async () => {
      const cases = shapes.chain((shape) => fc.tuple(fc.constant(shape), fc.tuple(...shape.map(() => fc.record({ start: somewhere, end: somewhere, step })))));
      await check(fc.asyncProperty(cases, async ([shape, ranges]) => {
        const given = ranges.map((range) => Object.fromEntries(Object.entries(range).filter(([, v]) => v !== undefined)));
        const places = shape.map((n, axis) => python(n, ranges[axis] ?? {}));
        await compare(shape, (x) => ops.slice(x, given), (x) => ({
          shape: places.map((list) => list.length), at: (index) => x.at(index.map((i, axis) => places[axis]?.[i] ?? 0)),
        }));
      }));
    });

    test('permute', async () => {
      const cases = shapes.chain((shape) => fc.tuple(fc.constant(shape), shuffled(shape.length)));
      await check(fc.asyncProperty(cases, async ([shape, axes]) => {
        await compare(shape, (x) => ops.permute(x, axes), (x) => ({
          shape: axes.map((axis) => shape[axis] ?? 0), at: (index) => x.at(shape.map((_, axis) => index[axes.indexOf(axis)] ?? 0)),
        }));
      }));
    });

    test('flip', async () => {
      const cases = shapes.chain((shape) => fc.tuple(fc.constant(shape), subset(shape.length)));
      await check(fc.asyncProperty(cases, async ([shape, axes]) => {
        await compare(shape, (x) => ops.flip(x, axes), (x) => ({
          shape, at: (index) => x.at(index.map((i, axis) => (axes.includes(axis) ? (shape[axis] ?? 0) - 1 - i : i))),
        }));
      }));
    });

    test('sum', async () => {
      const cases = shapes.chain((shape) => fc.tuple(fc.constant(shape), subset(shape.length)));
      await check(fc.asyncProperty(cases, async ([shape, axis]) => {
        await compare(shape, (x) => ops.sum(x, { axis, keepdim: true }), (x) => ({
          shape: shape.map((n, k) => (axis.includes(k) ? 1 : n)),
          at: (index) => indices(shape).filter((i) => i.every((j, k) => axis.includes(k) || j === index[k])).reduce((sum, i) => sum + x.at(i), 0),
        }));
      }));
    });

    test('broadcastTo and tile', async () => {
      const cases = shapes.chain((shape) => fc.tuple(fc.constant(shape), fc.tuple(...shape.map(() => fc.integer({ min: 0, max: 3 }))), fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 1 })));
      await check(fc.asyncProperty(cases, async ([shape, repeats, lead]) => {
        await compare(shape, (x) => ops.tile(x, [...lead, ...repeats]), (x) => ({
          shape: [...lead, ...shape.map((n, axis) => n * (repeats[axis] ?? 1))],
          at: (index) => x.at(index.slice(lead.length).map((i, axis) => i % (shape[axis] ?? 1))),
        }));
      }));
    });

    test('pad', async () => {
      const pair = fc.tuple(fc.integer({ min: -1, max: 3 }), fc.integer({ min: -1, max: 3 }));
      const cases = shapes.chain((shape) => fc.tuple(fc.constant(shape), fc.tuple(...shape.map((n) => (n < 2 ? fc.constant([1, 0] as [number, number]) : pair)))));
      await check(fc.asyncProperty(cases, async ([shape, pads]) => {
        await compare(shape, (x) => ops.pad(x, pads), (x) => ({
          shape: shape.map((n, axis) => n + (pads[axis]?.[0] ?? 0) + (pads[axis]?.[1] ?? 0)),
          at: (index) => {
            const from = index.map((i, axis) => i - (pads[axis]?.[0] ?? 0));
            return from.every((i, axis) => i >= 0 && i < (shape[axis] ?? 0)) ? x.at(from) : 0;
          },
        }));
      }));
    });
  });
});

/** Python's range(n)[start:end:step]. */
function python(n: number, range: { readonly start?: number | undefined; readonly end?: number | undefined; readonly step?: number | undefined }): number[] {
  const by = range.step ?? 1;
  const turn = (value: number): number => (value < 0 ? value + n : value);
  const found: number[] = [];
  const inside = (i: number): boolean => (range.end === undefined ? true : by > 0 ? i < turn(range.end) : i > Math.max(-1, turn(range.end)));
  // Python clips the start to the axis before it walks.
  const start = range.start === undefined ? (by > 0 ? 0 : n - 1) : by > 0 ? Math.max(0, turn(range.start)) : Math.min(n - 1, turn(range.start));
  for (let i = start; i >= 0 && i < n && inside(i); i += by) found.push(i);
  return found;
}
