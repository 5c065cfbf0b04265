import { customGradient, type ForwardContext, keep, nn, ops, random, type Tensor } from '@parsimony/core';
import { beforeAll, describe, expect, test } from 'vitest';
import { useReference } from '../reference';
import { moduleContract, type ModuleContract } from './module-contract';

beforeAll(useReference);

/** y = x * gain, with what each test needs broken. */
class Gain extends nn.Module {
  calls = 0;
  constructor(extra: Readonly<Record<string, unknown>>, readonly trick: (x: Tensor, ctx: ForwardContext, self: Gain) => Tensor = (x) => x) {
    super();
    if (Object.keys(extra).length > 0) throw Object.assign(new Error(`Gain: unknown option \`${Object.keys(extra)[0]}\`.`), { name: 'ParsimonyError', code: 'option' });
    this.parameter('gain', [3], () => [1, 2, 3]);
  }
  protected compute(x: Tensor, ctx: ForwardContext): Tensor {
    return this.trick(ops.mul(x, this.param('gain', ctx)), ctx, this);
  }
}

const contract = (trick?: ConstructorParameters<typeof Gain>[1], rest: Partial<ModuleContract> = {}) =>
  moduleContract({ create: (extra) => new Gain(extra, trick), input: [4, 3], output: [4, 3], ...rest });
/** The check whose name contains `part`. */
const check = async (part: string, checks: ReturnType<typeof contract>): Promise<void> => {
  const found = checks.filter(({ name }) => name.includes(part));
  expect(found).toHaveLength(1);
  await found[0]!.run();
};

describe('a module that keeps the contract', () => {
  for (const { name, run } of contract(undefined, { gradientOrder: 2 })) test(name, () => run());
});

describe('a module that breaks it', () => {
  test('another shape', async () => {
    await expect(check('shape', contract(undefined, { output: [3, 4] }))).rejects.toThrow('eval: expected an output of shape [3, 4], received [4, 3]');
  });

  test('evaluation that remembers', async () => {
    await expect(check('evaluation is', contract((x, _, self) => ops.add(x, self.calls++)))).rejects.toThrow('a second evaluation: expected the same bits');
  });

  test('evaluation that is not the identity', async () => {
    await expect(check('evaluation is', contract(undefined, { identityInEvaluation: true }))).rejects.toThrow('evaluation against the input');
  });

  test('training that draws where it said it does not, and the other way round', async () => {
    const noisy = (x: Tensor, ctx: ForwardContext) => (ctx.mode === 'train' ? ops.add(x, random.uniform(ctx.key(), 1)[0] ?? 0) : x);
    await check('draws', contract(noisy, { stochastic: true }));
    await expect(check('draws', contract(noisy))).rejects.toThrow('another step gave another output');
    await expect(check('draws', contract(undefined, { stochastic: true }))).rejects.toThrow('another step gave the same output');
    await expect(check('draws', contract((x) => ops.add(x, Math.random())))).rejects.toThrow('the same key and step');
  });

  test('state outside the state dict', async () => {
    let made = 0;
    const checks = moduleContract({ create: (extra) => { const own = made++; return new Gain(extra, (x) => ops.add(x, own)); }, input: [4, 3], output: [4, 3] });
    await expect(check('state dict', checks)).rejects.toThrow('evaluation after loadStateDict');
  });

  test('a leak', async () => {
    const kept: Tensor[] = [];
    await expect(check('live tensors', contract((x) => { const y = keep(ops.mul(x, 1)); kept.push(y); return y; }))).rejects.toThrow('expected as many live tensors');
  });

  test('a wrong gradient', async () => {
    const wrong = customGradient((x) => ops.mul(x, x), (dy) => [dy]);
    await expect(check('gradients', contract((x) => wrong(x)))).rejects.toThrow('first derivative in input `input`');
  });

  test('an unknown option that is ignored', async () => {
    await expect(check('option', moduleContract({ create: () => new Gain({}), input: [3], output: [3] }))).rejects.toThrow('nothing was thrown');
  });

  test('no error before init', async () => {
    class Eager extends Gain {
      protected override compute(x: Tensor): Tensor { return x; }
    }
    await expect(check('before init', moduleContract({ create: (extra) => new Eager(extra), input: [3], output: [3] }))).rejects.toThrow('nothing was thrown');
  });
});

test('unknown settings are refused', () => {
  expect(() => contract(undefined, { shape: [1] } as never)).toThrow('moduleContract: unknown option `shape`');
});
