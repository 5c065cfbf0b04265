import { beforeAll, describe, expect, test } from 'vitest';
import { ready } from '../backends/registry';
import { nn, ops, optim } from '../index';
import { isTensor } from '../tensor/find';
import type { Scalar, Tensor } from '../tensor/tensor';
import type { Batch, Outputs, Params } from '../types';
import type { AnyPlugin, EvalResult, Grads, Hooks, State } from './contract';
import { hookNames } from './hook-names';
import { makePlugin, makeTrainer, points, weightsOf } from './testing/small';

beforeAll(ready);

/** Writes down every call of every hook as `name plugin`, and what of the context is worth a look. */
function recorder(log: string[], name: string): AnyPlugin {
  const note = (hook: string, more = ''): void => { log.push(`${hook} ${name}${more}`); };
  const quiet = Object.fromEntries(hookNames.map((hook) => [hook, () => { note(hook); return undefined; }]));
  return makePlugin(name, {
    ...quiet,
    collectParamGroups: () => { note('collectParamGroups'); return []; },
    microbatchStart: ({ micro, microbatches, batch }) => { note('microbatchStart', ` ${micro + 1}/${microbatches} of ${batch.size}`); },
    aroundForward: (ctx, next) => { note('aroundForward >'); const out = next(); note('aroundForward <', ` pass ${ctx.pass}`); return out; },
    transformActivation: { match: '0', handler: () => { note('transformActivation'); return undefined; } },
    collectLossTerms: () => { note('collectLossTerms'); return []; },
    aroundOptimStep: (_, next) => { note('aroundOptimStep >'); next(); note('aroundOptimStep <'); },
    stepEnd: ({ step, epoch, applied }) => { note('stepEnd', ` ${epoch}.${step} ${isTensor(applied)}`); },
    aroundEval: async ({ split }, next) => { note('aroundEval >', ` ${split}`); const result = await next(); note('aroundEval <'); return result; },
    evalEnd: ({ result }) => { note('evalEnd', ` ${Object.keys(result.metrics).join()}`); },
  } as Hooks<State>, { init: () => { note('init'); return { tensors: {}, json: null }; }, teardown: () => { note('teardown'); } });
}

test('hooks run in the order of the contract', async () => {
  const log: string[] = [];
  const both = (line: string): string[] => [line.replace('$', 'a'), line.replace('$', 'b')];
  const nested = (hook: string, inner: string[], in2 = '', out2 = ''): string[] =>
    [`${hook} > a${in2}`, `${hook} > b${in2}`, ...inner, `${hook} < b${out2}`, `${hook} < a${out2}`];
  const micro = (i: number): string[] => [
    ...both(`microbatchStart $ ${i}/2 of ${3 - i}`), ...nested('aroundForward', both('transformActivation $'), '', ' pass 0'), ...both('transformTargets $'),
    ...both('collectLossTerms $'), ...both('transformLoss $'), ...both('microbatchEnd $'),
  ];
  const step = (epoch: number, index: number): string[] => [
    ...both('stepStart $'), ...both('transformBatch $'), ...micro(1), ...micro(2), ...both('transformGrads $'), ...nested('aroundOptimStep', []),
    ...both('transformParams $'), ...both(`stepEnd $ ${epoch}.${index} true`),
  ];
  const trainer = makeTrainer({ accumulate: 2, plugins: [recorder(log, 'a'), recorder(log, 'b')] });
  await trainer.fit({ train: points(6), validation: points(4), epochs: 2, batchSize: 3, evalBatchSize: 2 });
  expect(log).toEqual([
    ...both('transformModel $'), ...both('collectParamGroups $'), ...both('init $'), ...both('fitStart $'),
    ...[0, 1].flatMap((epoch) => [
      ...both('epochStart $'), ...step(epoch, epoch * 2), ...step(epoch, epoch * 2 + 1),
      ...nested('aroundEval', [], ' validation'), ...both('evalEnd $ accuracy'), ...both('epochEnd $'),
    ]),
    'fitEnd b', 'fitEnd a', 'teardown b', 'teardown a',
  ]);
  log.length = 0;
  await trainer.fit({ train: points(6), epochs: 1, batchSize: 6 });
  expect(log.slice(0, 3)).toEqual(['collectParamGroups a', 'collectParamGroups b', 'init a']);
});

describe('an error in a hook', () => {
  test.each(hookNames)('%s names plugin and hook, and the fit ends properly', async (hook) => {
    const ended: string[] = [];
    const boom = (): never => { throw new Error('boom'); };
    const watch = makePlugin('watch', { fitEnd: () => { ended.push('fitEnd'); } }, { teardown: () => { ended.push('teardown'); } });
    // Around hooks of the outer plugin must not be blamed for what comes through their `next`.
    const outer = makePlugin('outer', { aroundForward: (_, next) => next(), aroundOptimStep: (_, next) => { next(); }, aroundEval: async (_, next) => next() });
    const bad = makePlugin('bad', { [hook]: hook === 'transformActivation' ? { match: '**', handler: boom } : boom });
    const trainer = makeTrainer({ plugins: [outer, bad, watch] });
    const early = hook === 'transformModel' || hook === 'collectParamGroups';
    await expect(trainer.fit({ train: points(6), validation: points(4), epochs: 1, batchSize: 3 })).rejects.toThrow(
      expect.objectContaining({ code: 'plugin', plugin: 'bad', hook, message: expect.stringMatching(`^bad, in ${hook}: boom\\. ${early ? 'The fit had not begun\\.$' : 'Done before it: \\d steps, \\d whole epochs?\\.'}`) as string }) as Error);
    expect(ended).toEqual(early ? ['teardown'] : ['fitEnd', 'teardown']);
    // The Trainer is free for another try.
    await expect(trainer.fit({ train: points(6), epochs: 0, batchSize: 3 })).rejects.toThrow('`epochs`');
  });

  test('that comes late, or in init, teardown or a promise is told too', async () => {
    const fit = (plugin: AnyPlugin): Promise<unknown> => makeTrainer({ plugins: [plugin] }).fit({ train: points(6), epochs: 1, batchSize: 3 });
    await expect(fit(makePlugin('bad', { epochEnd: async () => { await Promise.resolve(); throw new Error('late'); } }))).rejects.toThrow('bad, in epochEnd: late');
    await expect(fit(makePlugin('bad', {}, { init: () => { throw new Error('no'); } }))).rejects.toThrow('bad, in init: no');
    await expect(fit(makePlugin('bad', {}, { teardown: () => { throw new Error('stuck'); } }))).rejects.toThrow('bad, in teardown: stuck');
    await expect(fit(makePlugin('bad', { transformGrads: (async () => undefined) as never }))).rejects.toThrow('bad, in transformGrads: the hook returned a promise; from microbatchStart to transformParams hooks are synchronous.');
  });

  test('in the model is not the plugin\'s around it', async () => {
    const around = makePlugin('around', { aroundForward: (_, next) => next() });
    const wide = { size: 4, batch: (ids: Int32Array): Batch => ({ ...points(4).batch(ids) as Batch, inputs: ops.concat([points(4).batch(ids) as Batch, points(4).batch(ids) as Batch].map((b) => b.inputs as Tensor), 1) }) };
    await expect(makeTrainer({ plugins: [around] }).fit({ train: wide, epochs: 1, batchSize: 2 })).rejects.toThrow(/^linear:/);
  });

  test.each<[string, Hooks<State>, string]>([
    ['gradients of another shape', { transformGrads: (grads) => ({ ...grads, '0.bias': grads['0.weight'] }) as unknown as Grads }, 'p, in transformGrads: the gradients of `0.bias` must be a tensor of shape [8], received [8, 2].'],
    ['gradients with one missing', { transformGrads: ({ '0.bias': _, ...rest }) => rest as unknown as Grads }, 'the gradients of 0.bias are missing'],
    ['parameters that are not there', { transformParams: (params) => ({ ...params, extra: params['0.bias'] }) as Params }, 'there is no parameter `extra`'],
    ['an activation of another shape', { transformActivation: { match: '0', handler: (x) => ops.sum(x) } }, 'the activation at `0` must keep its shape'],
    ['a loss of many elements', { transformLoss: (loss, { outputs }) => ({ ...loss, sum: outputs as Tensor }) }, 'transformLoss: a loss has one element, received shape [3, 2].'],
    ['a target of no kind', { transformTargets: () => ({}) as never }, "a target has a kind, 'index', 'soft' or 'value', received {}"],
    ['no outputs', { aroundForward: (_, next) => { next(); return undefined as never; } }, 'An aroundForward hook returns what `next()` gave.'],
    ['a batch with rows missing', { transformBatch: (batch) => ({ ...batch, size: 2 }) }, 'transformBatch: `inputs` must have one row for each of 2 samples, [2, ...], received [3, 2].'],
    ['the optimizer twice', { aroundOptimStep: (_, next) => { next(); next(); } }, '`next` was called twice'],
    ['terms that are no list', { collectLossTerms: () => ({}) as never }, 'the hook must return a list'],
    ['a tap without a claim', { collectLossTerms: (ctx) => { ctx.tap('0'); return []; } }, "the plugin must say `reads: ['activations']` in its claims"],
    ['groups that are none', { collectParamGroups: () => [{ match: '**', decay: 1 } as never] }, 'p, in collectParamGroups: group 0: unknown option `decay`.'],
  ])('%s', async (_, hooks, message) => {
    await expect(makeTrainer({ plugins: [makePlugin('p', hooks)] }).fit({ train: points(6), epochs: 1, batchSize: 3 })).rejects.toThrow(message);
  });
});

describe('what hooks can do', () => {
  test('activations come with the path of their module, and the loss is known from the step on', async () => {
    const seen = new Set<string>();
    const trainer = makeTrainer({ plugins: [makePlugin('p', {
      transformBatch: (_, { lossOf }) => { seen.add(lossOf.lossName); return undefined; },
      transformActivation: { match: '*', handler: (_, __, path) => { seen.add(path); return undefined; } },
    })] });
    await trainer.fit({ train: points(6), epochs: 1, batchSize: 6 });
    expect([...seen]).toEqual(['crossEntropy', '0', '1', '2', '']);
  });

  const fitted = async (plugins: readonly AnyPlugin[], more = {}, fit = {}): Promise<Record<string, number[]>> => {
    const trainer = makeTrainer({ plugins, ...more });
    await trainer.fit({ train: points(12), validation: points(4), epochs: 2, batchSize: 4, ...fit });
    return weightsOf(trainer);
  };

  test('doing nothing changes no bit', async () => {
    expect(await fitted([recorder([], 'a')])).toEqual(await fitted([]));
  });

  test('see each pass with keys of its own, and taps of it', async () => {
    const keys: string[] = [];
    const seen: number[][] = [];
    await fitted([makePlugin('p', {
      aroundForward: (ctx, next) => {
        next();
        const out: Outputs = next();
        keys.push(ctx.rng('x').join());
        seen.push([ctx.pass, ctx.tap('1').shape[1] ?? 0]);
        return out;
      },
      stepStart: (ctx) => { keys.push(ctx.rng('x').join()); },
    }, { claims: { reads: ['activations'] } })], {}, { epochs: 1 });
    expect(seen).toEqual([[1, 8], [1, 8], [1, 8]]);
    expect(new Set(keys).size).toBe(6);
  });

  test('change the targets, while metrics see the labels as they came', async () => {
    const flip = makePlugin('flip', {
      transformBatch: (batch) => (batch.target.kind === 'index' ? { ...batch, target: { ...batch.target, labels: ops.sub(1, batch.target.labels) } } : undefined),
    });
    const still = { optimizer: optim.sgd({ lr: 0 }) };
    const values = async (plugins: readonly AnyPlugin[]): Promise<Readonly<Record<string, number>>> =>
      (await makeTrainer({ plugins, ...still }).fit({ train: points(12), epochs: 1, batchSize: 4 })).history[0]?.values ?? {};
    const [plain, flipped] = [await values([]), await values([flip])];
    expect(flipped['accuracy']).toBe(plain['accuracy']);
    expect(flipped['loss']).not.toBe(plain['loss']);
    // Once by transformTargets, once by transformBatch: flipped twice is not flipped.
    const back = makePlugin('back', { transformTargets: (target) => (target.kind === 'index' ? { ...target, labels: ops.sub(1, target.labels) } : undefined) });
    expect((await values([flip, back]))['loss']).toBe(plain['loss']);
  });

  test('replace the model once, before its weights are made', async () => {
    const made: number[] = [];
    const wrap = makePlugin('wrap', {
      transformModel: async (model) => { await Promise.resolve(); made.push(1); return new nn.Sequential(model as nn.Sequential, new nn.Linear(2, 2)); },
    });
    const trainer = makeTrainer({ plugins: [wrap] });
    for (let i = 0; i < 2; i++) await trainer.fit({ train: points(8), epochs: 1, batchSize: 4 });
    expect(Object.keys(trainer.model.stateDict())).toEqual(['0.0.weight', '0.0.bias', '0.2.weight', '0.2.bias', '1.weight', '1.bias']);
    expect(made).toEqual([1]);
    await expect(makeTrainer({ plugins: [makePlugin('bad', { transformModel: () => 3 as never })] }).fit({ train: points(8), epochs: 1, batchSize: 4 })).rejects.toThrow('bad, in transformModel: transformModel must return a module.');
  });

  test('have scratch by microbatch, and see the batch that was given to next', async () => {
    const sizes: unknown[] = [];
    const inner = makePlugin('inner', { aroundForward: (ctx, next) => { sizes.push(isTensor(ctx.batch.inputs) && ctx.batch.inputs === (ctx.local.get('own') ?? ctx.batch.inputs)); return next(); } });
    const outer = makePlugin('outer', {
      microbatchStart: ({ local }) => { sizes.push(local.size); local.set('own', 1); },
      aroundForward: (ctx, next) => {
        const mine = ctx.batch;
        const doubled = { ...mine, inputs: ops.mul(mine.inputs as Tensor, 2) };
        const out = next(doubled);
        sizes.push(ctx.batch === mine);
        return out;
      },
    });
    const plain = await fitted([], {}, { epochs: 1 });
    expect(await fitted([outer, inner], {}, { epochs: 1 })).not.toEqual(plain);
    expect(sizes).toEqual([0, true, true, 0, true, true, 0, true, true]);
  });

  test('replace gradients, parameters and rates', async () => {
    const still = await fitted([makePlugin('p', { transformGrads: (grads) => Object.fromEntries(Object.entries(grads).map(([path, g]) => [path, ops.mul(g, 0)])) as unknown as Grads })]);
    const frozen = await fitted([makePlugin('p', { collectParamGroups: () => [{ match: '**', lrScale: 0 }] })]);
    const later = await fitted([makePlugin('p', { fitStart: (ctx) => { ctx.lrScale('**', 0); } })]);
    expect(frozen).toEqual(still);
    expect(later).toEqual(still);
    const zero = await fitted([makePlugin('p', { transformParams: (params) => ({ ...params, '0.bias': ops.mul(params['0.bias'] as Tensor, 0) }) })]);
    expect(zero['0.bias']).toEqual(Array(8).fill(0));
    expect(zero['0.weight']).not.toEqual(still['0.weight']);
  });

  test('an optimizer step that a plugin holds back is not applied', async () => {
    const applied: Promise<number>[] = [];
    const before = await fitted([makePlugin('p', { collectParamGroups: () => [{ match: '**', lrScale: 0 }] })]);
    const held = await fitted([makePlugin('p', { aroundOptimStep: () => {}, transformParams: (params) => ({ ...params, '0.bias': ops.mul(params['0.bias'] as Tensor, 2) }), stepEnd: (ctx) => { applied.push(ctx.applied.item()); } })]);
    expect(held).toEqual(before);
    expect(await Promise.all(applied)).toEqual(Array(6).fill(0));
  });

  test('gradsAt gives the gradients of the step again at its own parameters, with the same keys', async () => {
    const differences: Promise<number>[] = [];
    await fitted([makePlugin('p', {
      transformGrads: (grads, ctx) => {
        const again = ctx.gradsAt(ctx.weights.params, { freezeBuffers: true });
        for (const [path, g] of Object.entries(grads)) differences.push(ops.sum(ops.abs(ops.sub(g, again[path] as Tensor))).item());
        return undefined;
      },
    })], { accumulate: 2 }, { epochs: 1 });
    expect(await Promise.all(differences)).toEqual(Array(12).fill(0));
  });

  test('stop ends the fit after the step, keep decides what it returns', async () => {
    const kept: Params[] = [];
    const trainer = makeTrainer({ plugins: [makePlugin('p', {
      stepEnd: (ctx) => {
        if (ctx.step === 1) { ctx.keep(ctx.weights, 'liked it'); kept.push(Object.fromEntries(Object.entries(ctx.weights.params).map(([path, x]) => [path, ops.mul(x, 1)]))); }
        if (ctx.step === 3) ctx.stop('seen enough');
      },
    }, { init: () => ({ tensors: {}, json: null }) })] });
    const { reason, steps, kept: told } = await trainer.fit({ train: points(12), epochs: 5, batchSize: 4 });
    expect([reason, steps, told]).toEqual(['seen enough', 4, { why: 'liked it', epoch: 0, step: 1 }]);
    const reference = makeTrainer();
    await reference.fit({ train: points(12), epochs: 5, batchSize: 4, onProgress: (e) => { if (e.kind === 'step' && e.step === 2) saved = weightsOf(reference); } });
    expect(await weightsOf(trainer)).toEqual(await saved);
  });
  let saved: ReturnType<typeof weightsOf> | undefined;

  test('evaluate with other weights, in a fit and after it', async () => {
    const results: EvalResult[] = [];
    const zeroed = makePlugin('zeroed', {
      aroundEval: async (ctx, next) => next({ params: ctx.state.tensors, buffers: {} }),
      evalEnd: (ctx) => { results.push(ctx.result); expect(ctx.weights.params).toBe(ctx.state.tensors); },
    }, { init: (model) => ({ tensors: Object.fromEntries(Object.entries(model.parameters()).map(([path, x]) => [path, ops.mul(x, 0)])), json: null }) });
    const trainer = makeTrainer({ plugins: [zeroed] });
    const { history } = await trainer.fit({ train: points(12), validation: points(4), epochs: 1, batchSize: 4 });
    expect(results[0]?.loss).toBeCloseTo(Math.LN2, 6);
    expect(history[0]?.values['validationLoss']).toBe(results[0]?.loss);
    expect((await trainer.evaluate(points(4))).loss).toBeCloseTo(Math.LN2, 6);
  });

  test('log means by epoch, report, and reach the api of others', async () => {
    const giving = makePlugin('giving', {}, { api: { answer: 42 } });
    const asking = makePlugin('asking', {
      fitStart: (ctx) => {
        ctx.report({ severity: 'info', code: 'hello', message: `It is ${JSON.stringify(ctx.api('giving' as never))}.`, plugins: [] });
      },
      stepEnd: (ctx) => { ctx.log('step', ctx.step); ctx.log('device', ops.add(ctx.applied, ctx.step) as Scalar); },
      epochEnd: (ctx) => { ctx.log('rows', ctx.history.length); },
    });
    const trainer = makeTrainer({ plugins: [giving, asking] });
    const { history, findings } = await trainer.fit({ train: points(12), epochs: 2, batchSize: 4 });
    expect(history.map(({ values }) => [values['asking/step'], values['asking/device'], values['asking/rows']])).toEqual([[1, 2, 1], [4, 5, 2]]);
    expect(findings).toEqual([{ severity: 'info', code: 'hello', message: 'It is {"answer":42}.', plugins: ['asking'] }]);
    await expect(makeTrainer({ plugins: [makePlugin('p', { fitStart: (ctx) => { ctx.report({ severity: 'error', code: 'no', message: 'Not like this.', plugins: [] }); } })] })
      .fit({ train: points(4), epochs: 1, batchSize: 4 })).rejects.toThrow('p, in fitStart: Not like this.');
  });

  test('read the data in order and call the model', async () => {
    const seen: number[][] = [];
    const losses: number[] = [];
    await fitted([makePlugin('p', {
      fitEnd: async (ctx) => {
        for await (const { ids, inputs } of ctx.data.train()) {
          seen.push(await ids.array() as number[]);
          losses.push(await ops.sum(ctx.call(inputs) as Tensor).item());
        }
        expect([ctx.data.trainSize, ctx.data.validation === undefined]).toEqual([12, false]);
      },
    })], {}, { evalBatchSize: 8 });
    expect(seen).toEqual([[0, 1, 2, 3, 4, 5, 6, 7], [8, 9, 10, 11]]);
    expect(losses.every(Number.isFinite)).toBe(true);
  });

});
