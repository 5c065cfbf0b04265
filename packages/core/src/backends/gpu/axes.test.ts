import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { broadcastWalk, coordinates, joinAxes, sizeNames } from './axes';

describe('joinAxes', () => {
  test('axes that run on are one', () => {
    expect(joinAxes([2, 3, 4], [[12, 4, 1]])).toEqual({ sizes: [24], strides: [[1]] });
    expect(joinAxes([2, 3, 4], [[12, 4, 1], [0, 0, 0]])).toEqual({ sizes: [24], strides: [[1], [0]] });
  });
  test('those that do not stay apart', () => {
    expect(joinAxes([3, 2], [[1, 3]])).toEqual({ sizes: [3, 2], strides: [[1, 3]] });
    expect(joinAxes([2, 3, 4], [[12, 4, 1], [0, 1, 0]])).toEqual({ sizes: [2, 3, 4], strides: [[12, 4, 1], [0, 1, 0]] });
  });
  test('axes of size 1 and scalars', () => {
    expect(joinAxes([1, 5, 1], [[7, 2, 3]])).toEqual({ sizes: [5], strides: [[2]] });
    expect(joinAxes([], [[], []])).toEqual({ sizes: [1], strides: [[0], [0]] });
  });
  test('negative strides run on too', () => expect(joinAxes([2, 3], [[-3, -1]])).toEqual({ sizes: [6], strides: [[-1]] }));

  /** Places of all elements, by nested loops. */
  function places(sizes: readonly number[], strides: readonly number[]): number[] {
    return sizes.reduce<number[]>((all, size, axis) => all.flatMap((at) => Array.from({ length: size }, (_, i) => at + i * (strides[axis] ?? 0))), [0]);
  }
  test('the joined walk visits the same places in the same order', () => {
    const axis = fc.record({ size: fc.integer({ min: 1, max: 4 }), first: fc.integer({ min: -6, max: 6 }), second: fc.constantFrom(0, 1, 2, 4, 8) });
    fc.assert(fc.property(fc.array(axis, { maxLength: 5 }), (axes) => {
      const [shape, strides] = [axes.map(({ size }) => size), [axes.map(({ first }) => first), axes.map(({ second }) => second)]];
      const walk = joinAxes(shape, strides);
      strides.forEach((own, k) => expect(places(walk.sizes, walk.strides[k] ?? [])).toEqual(places(shape, own)));
    }));
  });
});

test('broadcastWalk repeats what is small', () => {
  expect(broadcastWalk([2, 3, 4], [[2, 3, 4], [4]])).toEqual({ sizes: [6, 4], strides: [[4, 1], [0, 1]] });
  expect(broadcastWalk([2, 3], [[2, 1], [1, 3]])).toEqual({ sizes: [2, 3], strides: [[1, 0], [0, 1]] });
  expect(broadcastWalk([5], [[], [5]])).toEqual({ sizes: [5], strides: [[0], [1]] });
});

test.each([[1, [7]], [3, [4, 3, 5]], [4, [2, 3, 1, 6]]] as const)('coordinates of rank %i', (rank, sizes) => {
  expect(sizeNames(rank)).toHaveLength(rank - 1);
  const run = new Function('i', 'quotient', ...sizeNames(rank), `${coordinates(rank, 'i').replaceAll('$', '_')}\nreturn [${sizes.map((_, axis) => `_c${axis}`).join(', ')}];`);
  const total = sizes.reduce<number>((a, b) => a * b, 1);
  const found = Array.from({ length: total }, (_, i) => run(i, (a: number, b: number) => Math.floor(a / b), ...sizes.slice(1)) as number[]);
  const expected = sizes.reduce<number[][]>((all, size) => all.flatMap((at) => Array.from({ length: size }, (_, i) => [...at, i])), [[]]);
  expect(found).toEqual(expected);
});
