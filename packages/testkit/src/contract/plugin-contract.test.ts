import { type AnyPlugin, definePlugin, keep, nn, ops, ParsimonyError, type Plugin, type Tensor, zeros } from '@parsimony/core';
import { beforeAll, describe, expect, test } from 'vitest';
import { useReference } from '../reference';
import { pluginContract, type PluginContract } from './plugin-contract';

beforeAll(useReference);

interface Options { readonly factor: number }
type Hooks = Plugin['hooks'];

/** Multiplies gradients, with what each test needs broken. */
function shrink(options: Options, more: Hooks = {}, rest: Partial<Plugin> = {}): AnyPlugin {
  for (const name of Object.keys(options)) if (name !== 'factor') throw new ParsimonyError('option', `shrink: unknown option \`${name}\`.`);
  const scaled = (grads: Readonly<Record<string, Tensor>>) => Object.fromEntries(Object.entries(grads).map(([path, g]) => [path, ops.mul(g, options.factor)]));
  return definePlugin({
    name: 'shrink', version: '1.0.0', apiVersion: 1, options: { ...options }, claims: { writes: { grads: 'affine' } }, batchSemantics: 'per-sample',
    hooks: { transformGrads: (grads) => scaled(grads) as typeof grads, ...more }, ...rest,
  });
}

const contract = (plugin: (options: Options) => AnyPlugin, rest: Partial<PluginContract<Options>> = {}) =>
  pluginContract({ plugin, options: { factor: 0.5 }, zero: { factor: 1 }, ...rest });

async function check(part: string, checks: ReturnType<typeof contract>): Promise<void> {
  const found = checks.filter(({ name }) => name.includes(part));
  expect(found.map(({ name }) => name)).toHaveLength(1);
  await found[0]!.run();
}

describe('a plugin that keeps the contract', () => {
  for (const { name, run } of contract((options) => shrink(options))) test(name, () => run());
});

describe('a plugin with a state that keeps the contract', () => {
  // The factor falls with the number of steps, which the state counts.
  const fading = (options: Options) => shrink(options, {
    transformGrads: (grads, ctx) => Object.fromEntries(Object.entries(grads).map(([path, g]) => [path, ops.mul(g, options.factor ** (ctx.state.json as number))])) as typeof grads,
    stepEnd: (ctx) => ctx.setState({ tensors: { last: ops.mul(ctx.loss, 1) }, json: (ctx.state.json as number) + 1 }),
  }, { init: () => ({ tensors: {}, json: 0 }) });
  for (const { name, run } of contract(fading)) test(name, () => run());
});

describe('a plugin that breaks it', () => {
  test('no effect', async () => {
    await expect(check('changes', contract((options) => shrink(options), { options: { factor: 1 } }))).rejects.toThrow('Give options that show in a few steps.');
  });

  test('an effect at zero strength', async () => {
    await expect(check('zero', contract(() => shrink({ factor: 1 + 1e-9 })))).rejects.toThrow('weights at zero strength');
    expect(contract((options) => shrink(options), { zero: null }).map(({ name }) => name)).not.toContain('does nothing at zero strength');
  });

  test('an effect on evaluation', async () => {
    const other = (options: Options) => shrink(options, {
      aroundEval: (ctx, next) => next({ ...ctx.weights, params: Object.fromEntries(Object.entries(ctx.weights.params).map(([path, w]) => [path, ops.mul(w, 0.9)])) }),
    });
    await expect(check('evaluation', contract(other))).rejects.toThrow('evaluation at step 3: the loss is');
    // One that says so is compared where it hands its weights over; this one never does.
    const claiming = (options: Options) => shrink(options, {}, { claims: { writes: { grads: 'affine', 'eval.weights': 'exclusive' } } });
    await expect(check('evaluation', contract(claiming))).rejects.toThrow('nothing to compare');
  });

  test('randomness of its own', async () => {
    const random = (options: Options) => shrink(options, { transformLoss: (loss) => ({ ...loss, sum: ops.mul(loss.sum, 1 + Math.random()) }) });
    await expect(check('same seed', contract(random))).rejects.toThrow('weights after a second fit');
  });

  test('a state that a snapshot does not hold', async () => {
    const forgetful = (options: Options) => {
      let steps = 0;
      return shrink(options, { transformLoss: (loss) => ({ ...loss, sum: ops.mul(loss.sum, 1 + 0.1 * steps++) }) });
    };
    await expect(check('resumes', contract(forgetful))).rejects.toThrow('weights after a resume');
  });

  test('another result when it accumulates', async () => {
    // A scale that grows with the size of the loss of a microbatch is not per sample.
    const uneven = (options: Options) => shrink(options, { transformLoss: (loss) => ({ ...loss, sum: ops.mul(loss.sum, ops.add(1, loss.sum)) }) });
    await expect(check('accumulates', contract(uneven))).rejects.toThrow('with 4 microbatches');
    const honest = (options: Options) => shrink(options, {}, { batchSemantics: 'per-batch' });
    expect(contract(honest).map(({ name }) => name)).not.toContain('accumulates to the same weights');
  });

  test('a leak, of each step or at the end', async () => {
    const kept: Tensor[] = [];
    const leaky = (options: Options) => shrink(options, { stepEnd: (ctx) => { kept.push(keep(ops.mul(ctx.loss, 1))); } });
    await expect(check('behind', contract(leaky))).rejects.toThrow('live bytes grow over the steps');
    const late = (options: Options) => shrink(options, { fitEnd: () => { kept.push(keep(zeros([3]))); } });
    await expect(check('behind', contract(late))).rejects.toThrow('24 bytes are live after the fit');
  });

  test('options that JSON does not hold', async () => {
    const partial = (options: Partial<Options>) => shrink({ factor: options.factor ?? 0.9 }, {}, { options: {} });
    await expect(check('records', contract(partial))).rejects.toThrow('a fit with the recorded options');
  });

  test('an unknown option that is ignored, or refused by another kind of error', async () => {
    await expect(check('unknown', contract(({ factor }) => shrink({ factor })))).rejects.toThrow('nothing was thrown');
    const plain = (options: object) => { if ('noSuchOption' in options) throw new Error('noSuchOption'); return shrink(options as Options); };
    await expect(check('unknown', contract(plain))).rejects.toThrow("expected a ParsimonyError with code 'option', received Error");
  });
});

test('a model of its own', async () => {
  const model = () => new nn.Sequential(new nn.Linear(4, 3)) as unknown as ReturnType<NonNullable<PluginContract<Options>['model']>>;
  for (const { run } of contract((options) => shrink(options), { model })) await run();
  expect(() => contract((options) => shrink(options), { data: 1 } as never)).toThrow('pluginContract: unknown option `data`');
});
