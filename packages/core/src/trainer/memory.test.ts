// A file, and so a process, of its own: what other tests drop is given back whenever the collector gets to it.
import { beforeAll, describe, expect, test } from 'vitest';
import { ready } from '../backends/registry';
import { ops } from '../index';
import { key } from '../random/key';
import { memory } from '../tensor/scope';
import type { Tensor } from '../tensor/tensor';
import type { HookName, Hooks, State } from './contract';
import { hookNames } from './hook-names';
import { makePlugin, makeTrainer, mlp, points } from './testing/small';

beforeAll(ready);

describe('memory', () => {
  test('is the same after step 10 and step 1,000, with plugins at every hook', async () => {
    // Each makes tensors it does not use, and one keeps a state.
    const waste = (): undefined => { ops.add(ops.mul(2, keeper), 1); return undefined; };
    const model = mlp().init(key(0));
    const keeper = model.stateDict()['0.weight'] as Tensor;
    const hooks = Object.fromEntries(hookNames.map((name): [HookName, unknown] => [name, name === 'transformActivation' ? { match: '**', handler: waste }
      : name.startsWith('collect') ? () => { waste(); return []; }
      : name === 'aroundForward' ? (_: unknown, next: () => unknown) => { waste(); next(); return next(); }
      : name.startsWith('around') ? (_: unknown, next: () => unknown) => { waste(); return next(); }
      : () => waste()])) as Hooks<State>;
    const counting = makePlugin('counting', { stepEnd: (ctx) => { ctx.setState({ tensors: { mean: ops.mul(ctx.loss, 1) }, json: ctx.step }); ctx.log('loss', ctx.loss); } }, { init: () => ({ tensors: { mean: ops.mul(keeper, 1) }, json: 0 }) });
    const seen: Record<number, ReturnType<typeof memory>> = {};
    const other = mlp();
    const trainer = makeTrainer({ model: other, accumulate: 2, evaluateEvery: 100, plugins: [makePlugin('waste', hooks, { claims: { reads: ['activations'] } }), counting] });
    await trainer.fit({
      train: points(40), validation: points(6), epochs: 200, batchSize: 8,
      onProgress: (e) => { if (e.kind === 'step' && (e.step === 10 || e.step === 1000)) seen[e.step] = memory(); },
    });
    expect(seen[1000]).toEqual(seen[10]);
    expect(seen[10]?.tensors).toBeGreaterThan(0);
  });

  test('all of it is given back by dispose, save the model', async () => {
    const before = memory();
    const trainer = makeTrainer({ plugins: [makePlugin('keeper', { evalEnd: (ctx) => { ctx.keep(ctx.weights, 'always'); } }, { init: (model) => ({ tensors: Object.fromEntries(Object.entries(model.parameters()).map(([path, x]) => [path, ops.mul(x, 1)])), json: null }) })] });
    await trainer.fit({ train: points(8), validation: points(4), epochs: 2, batchSize: 8 });
    await trainer.evaluate(points(8));
    trainer.dispose();
    for (const x of Object.values(trainer.model.stateDict())) x.dispose();
    expect(memory()).toEqual(before);
  });
});
