import { describe, expect, test } from 'vitest';
import { expectMoments } from '@parsimony/testkit';
import { nn, random } from '../index';

const { init } = nn;
const draw = (initializer: nn.Initializer, shape: readonly number[]): ArrayLike<number> => initializer(shape, random.key(11));

describe('moments are those of the definitions', () => {
  const shape = [200, 100, 3, 3];
  const [fanIn, fanOut] = [900, 1800];
  test.each([
    ['normal', init.normal({ mean: 1, std: 2 }), 1, 4],
    ['uniform', init.uniform({ low: -1, high: 3 }), 1, 16 / 12],
    ['xavierUniform', init.xavierUniform({ gain: 2 }), 0, 8 / (fanIn + fanOut)],
    ['xavierNormal', init.xavierNormal(), 0, 2 / (fanIn + fanOut)],
    ['kaimingUniform', init.kaimingUniform(), 0, 2 / fanIn],
    ['kaimingNormal, fan out', init.kaimingNormal({ mode: 'fanOut', a: 1 }), 0, 1 / fanOut],
    ["PyTorch's default", init.defaultWeight, 0, 1 / (3 * fanIn)],
    ["PyTorch's default bias", init.defaultBias([4, 100]), 0, 1 / 300],
  ])('%s', (_, initializer, mean, variance) => {
    expectMoments(draw(initializer, shape), { mean, variance });
  });

  test('constants', () => {
    expect([...Array.from(draw(init.zeros, [2])), ...Array.from(draw(init.ones, [2])), ...Array.from(draw(init.constant(3), [1]))]).toEqual([0, 0, 1, 1, 3]);
  });
});

test('fans of vectors, matrices and kernels', () => {
  expect(init.fans([5])).toEqual([5, 5]);
  expect(init.fans([5, 3])).toEqual([3, 5]);
  expect(init.fans([5, 3, 2, 2])).toEqual([12, 20]);
});

test('errors', () => {
  expect(() => init.kaimingUniform({ nonlinearity: 'relu' } as object)).toThrow('init.kaimingUniform: unknown option `nonlinearity`.');
  expect(() => init.xavierNormal({ gain: -1 })).toThrow('init.xavierNormal: `gain` must be in [0, inf), received -1.');
  expect(() => init.uniform({ low: 1, high: 0 })([2], random.key(0))).toThrow('random.uniform: `high` must be in (1, inf), received 0.');
});
