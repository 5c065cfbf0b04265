import { beforeAll, describe, expect, test } from 'vitest';
import { ready } from '../backends/registry';
import { schedules } from '../index';
import { tensor } from '../tensor/create';
import { memory, scope } from '../tensor/scope';
import * as optim from './index';

beforeAll(ready);

describe('options', () => {
  test.each([
    [() => optim.sgd({ lr: -1 }), 'optim.sgd: `lr` must be in [0, inf), received -1.'],
    [() => optim.sgd({} as never), '`lr` is required'],
    [() => optim.sgd({ lr: 1, nesterov: true }), '`nesterov` needs a momentum'],
    [() => optim.adam({ betas: [1, 0.9] }), '`betas[0]` must be in [0, 1), received 1.'],
    [() => optim.adam({ betas: 0.9 as never }), '`betas` must be two numbers, such as [0.9, 0.999], received 0.9.'],
    [() => optim.adam({ epsilon: 1 } as never), 'unknown option `epsilon`'],
    [() => optim.adamw({ groups: [{ match: '' }] }), 'groups[0].match must be a glob over parameter paths, such as \'**.bias\', received "".'],
    [() => optim.adamw({ groups: [{ match: '*', lr: 1 } as never] }), 'groups[0]: unknown option `lr`'],
    [() => optim.rmsprop({ alpha: 1 }), '`alpha`'],
    [() => optim.adagrad({ eps: 0 }), '`eps`'],
    [() => optim.lion({ betas: [0.9, 1] }), 'optim.lion: `betas[1]` must be in [0, 1), received 1.'],
    [() => optim.lion({ eps: 1 } as never), 'optim.lion: unknown option `eps`.'],
    [() => optim.muon({ momentum: 1 }), 'optim.muon: `momentum` must be in [0, 1), received 1.'],
    [() => optim.muon({ adjustLrFn: 'rms' as never }), "optim.muon: `adjustLrFn` must be one of 'match_rms_adamw', 'original', received \"rms\"."],
    [() => optim.muon({ hidden: '**' as never }), "optim.muon: `hidden` must be a list of globs over parameter paths, such as ['blocks.**.weight'], received \"**\"."],
    [() => optim.muon({ newtonSchulz: { steps: 100 } }), 'optim.muon: newtonSchulz: `steps` must be a whole number in [1, 99], received 100.'],
    [() => optim.muon({ newtonSchulz: { coefficients: [1, 2] as never } }), 'optim.muon: newtonSchulz: `coefficients` must be three numbers'],
    [() => optim.muon({ adamw: { lr: 1 } as never }), 'optim.muon: adamw: unknown option `lr`.'],
    [() => optim.muon().init({ w: tensor([[1]]) }), 'optim.muon: there is no hidden matrix to orthogonalize among w. Name some by `hidden`, or use optim.adamw.'],
    [() => optim.muon({ hidden: ['**'] }).init({ b: tensor([1]) }), 'optim.muon: `hidden` takes in `b`, which has 1 axes; only matrices are orthogonalized.'],
    [() => optim.newtonSchulz(tensor([1])), 'newtonSchulz: `x` must be a matrix [M, N], received [1].'],
    [() => optim.adam({ lr: { schedule: 'cosin', value: 1 } }), 'unknown schedule "cosin"'],
    [() => optim.lion({ groups: null as never }), '`groups` must be a list of { match, lrScale?, weightDecay? }, received null'],
    [() => optim.adam({ lr: { schedule: 'cosine', value: 1, min: 0, stepz: 3 } }), 'unknown option `stepz`'],
  ])('%#', (make, message) => expect(make).toThrow(message));
});

describe('a step', () => {
  test('leaves parameters and state alone where the gate is 0', async () => {
    for (const make of [() => optim.sgd({ lr: 1, momentum: 0.9 }), () => optim.adam(), () => optim.adam({ amsgrad: true }), () => optim.rmsprop({ momentum: 0.5, centered: true }), () => optim.adagrad(), () => optim.lion()]) {
      const optimizer = make();
      const params = { w: tensor([1, 2, 3]) };
      const grads = { w: tensor([1, Number.NaN, Number.POSITIVE_INFINITY]) };
      const next = optimizer.step({ params, grads, state: optimizer.init(params), gate: tensor(0) });
      expect(await next.params.w?.array()).toEqual([1, 2, 3]);
      for (const state of Object.values(next.state.tensors)) expect(await state.array()).toEqual([0, 0, 0]);
    }
  });

  test('of muon leaves matrices and their momentum alone where the gate is 0', async () => {
    const optimizer = optim.muon();
    const params = { a: tensor([[1, 2], [3, 4]]), head: tensor([[1, 2]]) };
    const grads = { a: tensor([[1, Number.NaN], [1, Infinity]]), head: tensor([[Number.NaN, 1]]) };
    const next = optimizer.step({ params, grads, state: optimizer.init(params), gate: tensor(0) });
    expect([await next.params.a.array(), await next.params.head.array()]).toEqual([[[1, 2], [3, 4]], [[1, 2]]]);
    for (const state of Object.values(next.state.tensors)) expect(Array.from(await state.data()).every((v) => v === 0)).toBe(true);
  });

  test('consumes what it replaces, and leaves parameters without a gradient', async () => {
    const optimizer = optim.adam();
    const params = { a: tensor([1]), b: tensor([2]) };
    const next = optimizer.step({ params, grads: { a: tensor([1]) }, state: optimizer.init(params) });
    expect(params.a.disposed).toBe(true);
    expect(next.params.b).toBe(params.b);
    await expect(params.a.data()).rejects.toThrow('already disposed');
  });

  test('does not write over a tensor that something else views', async () => {
    const optimizer = optim.sgd({ lr: 1 });
    const w = tensor([1, 2]);
    const { view } = await import('../ops/dispatch');
    const snapshot = view('alias', w, w.shape);
    const next = optimizer.step({ params: { w }, grads: { w: tensor([1, 1]) }, state: optimizer.init({ w }) });
    expect(await next.params.w?.array()).toEqual([0, 1]);
    expect(await snapshot.array()).toEqual([1, 2]);
  });

  test('keeps the number of live tensors', () => {
    const optimizer = optim.adamw();
    let params = { w: tensor([1, 2]) } as Record<string, ReturnType<typeof tensor>>;
    let state = optimizer.init(params);
    const count: number[] = [];
    for (let i = 0; i < 20; i++) {
      scope(() => {
        const next = optimizer.step({ params, grads: { w: tensor([1, 1]) }, state });
        params = next.params as typeof params;
        state = next.state;
        return [params, state.tensors];
      });
      count.push(memory().tensors);
    }
    expect(count[19]).toBe(count[1]);
  });

  test('that was skipped does not count where its json is left behind', async () => {
    const makers = [() => optim.sgd({ lr: 1, momentum: 0.9, dampening: 0.5 }), () => optim.adam(), () => optim.adagrad({ lrDecay: 1 })];
    for (const make of makers) {
      const optimizer = make();
      const run = async (skipFirst: boolean): Promise<unknown> => {
        let params = { w: tensor([1, 2]) };
        let state = optimizer.init(params);
        if (skipFirst) {
          const skipped = optimizer.step({ params, grads: { w: tensor([NaN, 1]) }, state, gate: tensor(0) });
          ({ params } = skipped);
          state = { tensors: skipped.state.tensors, json: state.json };
        }
        for (const g of [3, -1]) ({ params, state } = optimizer.step({ params, grads: { w: tensor([g, 2 * g]) }, state }));
        return params.w.array();
      };
      expect(await run(true)).toEqual(await run(false));
    }
  });

  test("counts each parameter's own updates, as PyTorch does", async () => {
    const optimizer = optim.adam({ lr: 0.5 });
    let params = { early: tensor([1]), late: tensor([1]) };
    let state = optimizer.init(params);
    ({ params, state } = optimizer.step({ params, grads: { early: tensor([3]) }, state }));
    ({ params, state } = optimizer.step({ params, grads: { late: tensor([3]) }, state }));
    expect(state.json).toEqual({ step: 2, counts: { early: 1, late: 1 } });
    // The first step of Adam is lr long, whenever it comes.
    expect((await params.late.data())[0]).toBeCloseTo(0.5, 6);
  });

  test('consumes nothing where it fails', async () => {
    const optimizer = optim.sgd({ lr: 1 });
    const params = { a: tensor([1]), b: tensor([2]) };
    const state = optimizer.init(params);
    expect(() => optimizer.step({ params, grads: { a: tensor([1]), b: tensor([1, 2]) }, state })).toThrow('the gradient of `b` must have shape [1]');
    expect(await params.a.array()).toEqual([1]);
  });

  test.each([
    ['an unknown entry', () => ({ gradients: {} }), 'unknown option `gradients`'],
    ['a state that is none', () => ({ state: {} }), '`state` must be one that `init` or `step` gave, received {}'],
    ['a wide gate', () => ({ gate: tensor([1, 1]) }), '`gate` must have one element, received [2]'],
    ['a gradient that is none', () => ({ grads: { w: 3 } }), '`grads["w"]` must be a tensor, received 3'],
  ])('refuses %s', (_, wrong, message) => {
    const optimizer = optim.sgd({ lr: 1 });
    const params = { w: tensor([1]) };
    expect(() => optimizer.step({ params, grads: {}, state: optimizer.init(params), ...wrong() } as never)).toThrow(message);
  });

  test('refuses rates that a schedule leads out of range', async () => {
    const params = { w: tensor([1]) };
    const below = schedules.linear({ start: 0.1, end: -0.1, steps: 2 });
    for (const [name, optimizer] of [['lr', optim.sgd({ lr: below })], ['weightDecay', optim.adamw({ weightDecay: below })], ['lr', optim.lion({ groups: [{ match: '**', lrScale: below }] })]] as const) {
      const input = { params, grads: { w: tensor([1]) }, state: optimizer.init(params), progress: { step: 2, totalSteps: 4 } };
      expect(() => optimizer.step(input)).toThrow(`optim.${optimizer.name}: \`${name} (scheduled) of w\` must be in [0, inf), received -`);
    }
    expect(await params.w.array()).toEqual([1]);
  });

  test('names a gradient of another shape', () => {
    const optimizer = optim.sgd({ lr: 1 });
    const params = { w: tensor([1, 2]) };
    expect(() => optimizer.step({ params, grads: { w: tensor([1]) }, state: optimizer.init(params) })).toThrow('the gradient of `w` must have shape [2], received [1]');
  });
});

test('groups: the last match wins, field by field; schedules follow the progress', () => {
  const optimizer = optim.adamw({
    lr: schedules.linear({ start: 0, end: 1, steps: 10 }), weightDecay: 0.1,
    groups: [{ match: '**.bias', weightDecay: 0 }, { match: 'head.**', lrScale: 10 }],
  });
  const at = { step: 5, totalSteps: 10 };
  expect(optimizer.rates('body.weight', at)).toEqual({ lr: 0.5, weightDecay: 0.1, decayKind: 'decoupled' });
  expect(optimizer.rates('head.bias', at)).toEqual({ lr: 5, weightDecay: 0, decayKind: 'decoupled' });
});
