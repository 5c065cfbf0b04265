import { describe, expect, test } from 'vitest';
import { broadcastShapes, broadcastStrides, checkAxes, checkAxis, stridesOf } from './shape';

describe('broadcasting', () => {
  test.each([
    [[2, 3], [2, 3], [2, 3]], [[2, 1], [3], [2, 3]], [[], [4, 5], [4, 5]], [[8, 1, 6, 1], [7, 1, 5], [8, 7, 6, 5]], [[0, 1], [1, 3], [0, 3]],
  ])('%j and %j give %j', (a, b, expected) => {
    expect(broadcastShapes('op', a, b)).toEqual(expected);
    expect(broadcastShapes('op', b, a)).toEqual(expected);
  });

  test('names the op, both shapes and the axis where they do not', () => {
    expect(() => broadcastShapes('add', [4, 2, 3], [5, 3])).toThrow('add: shapes [4, 2, 3] and [5, 3] do not broadcast: sizes 2 and 5 differ at axis 1. Reshape one, or insert an axis of size 1.');
  });

  test('strides are 0 along stretched axes', () => {
    expect(stridesOf([2, 3, 4])).toEqual([12, 4, 1]);
    expect(broadcastStrides([3, 1], [2, 3, 4])).toEqual([0, 1, 0]);
  });
});

describe('axes', () => {
  test('count from either end', () => {
    expect([checkAxis('op', -1, 3), checkAxis('op', 0, 3)]).toEqual([2, 0]);
    expect(checkAxes('op', [-1, 0], 3)).toEqual([0, 2]);
    expect(checkAxes('op', undefined, 2)).toEqual([0, 1]);
  });

  test('are refused outside, twice, or in fractions', () => {
    expect(() => checkAxis('sum', 3, 3)).toThrow('sum: axis must be a whole number in [-3, 2] for a tensor of rank 3, received 3.');
    expect(() => checkAxis('sum', 0.5, 3)).toThrow('received 0.5');
    expect(() => checkAxes('sum', [1, -1], 2)).toThrow('sum: axes must be distinct, received [1,-1].');
  });
});
