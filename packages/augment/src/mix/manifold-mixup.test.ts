import { type AnyPlugin, arrayDataset, definePlugin, losses, nn, ops, optim, type Target, type Tensor, Trainer } from '@parsimony/core';
import { expectClose, sample, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { manifoldMixup } from './manifold-mixup';

beforeAll(useReference);

const size = 12;
const data = arrayDataset({ inputs: Float32Array.from(sample(size * 4, { seed: 2 })), shape: [4], labels: Int32Array.from({ length: size }, (_, i) => i % 3), numClasses: 3 });
const buildModel = (): nn.Sequential => new nn.Sequential(new nn.Linear(4, 5), new nn.Tanh(), new nn.Linear(5, 5), new nn.Tanh(), new nn.Linear(5, 3));

interface Pass { readonly step: number; readonly micro: number; readonly pass: number; readonly before: Record<string, number[][]>; readonly after: Record<string, number[][]>; inputs: number[][]; target: number[][] | undefined }
type Rows = Promise<number[][]>;

/** What went into and came out of the mixing at each module, and what the targets became. */
function spies(into: Pass[]): { readonly plugins: AnyPlugin[]; readonly read: () => Promise<void> } {
  const waiting: Promise<void>[] = [];
  const passes = new Map<string, Pass>();
  const of = ({ step, micro, pass }: { readonly step: number; readonly micro: number; readonly pass: number }, nth: number): Pass => {
    const key = `${step} ${micro} ${pass} ${nth}`;
    let found = passes.get(key);
    if (!found) {
      passes.set(key, found = { step, micro, pass, before: {}, after: {}, inputs: [], target: undefined });
      into.push(found);
    }
    return found;
  };
  let runs = 0;
  const note = (rows: Rows, put: (rows: number[][]) => void): void => { waiting.push(rows.then(put)); };
  const spy = (name: string, order: 'pre' | 'post', which: 'before' | 'after') => definePlugin({
    name, version: '1.0.0', apiVersion: 1, options: {}, claims: {}, batchSemantics: 'per-sample',
    hooks: {
      microbatchStart: { order: 'pre', handler: () => { if (which === 'before') runs++; } },
      transformActivation: { match: '**', order, handler: (x: Tensor, ctx, path) => { const pass = of(ctx, runs); note(x.array() as Rows, (rows) => { pass[which][path] = rows; }); return undefined; } },
      collectLossTerms: (ctx) => {
        const { target } = ctx;
        if (which === 'after' && target.kind === 'soft') { const pass = of(ctx, runs); note(target.probs.array() as Rows, (rows) => { pass.target = rows; }); }
        return [];
      },
    },
  });
  return { plugins: [spy('first', 'pre', 'before'), spy('last', 'post', 'after')], read: async () => { await Promise.all(waiting); } };
}

async function run(plugins: readonly AnyPlugin[], { accumulate = 1, epochs = 1, model = buildModel() as nn.Module, loss = losses.crossEntropy() } = {}): Promise<Pass[]> {
  const passes: Pass[] = [];
  const { plugins: watching, read } = spies(passes);
  await new Trainer({ model, loss, optimizer: optim.sgd({ lr: 0 }), seed: 5, accumulate, plugins: [...plugins, ...watching] }).fit({ train: data, epochs, batchSize: 6, shuffle: false });
  await read();
  return passes;
}
/** Where something was mixed. */
const mixedAt = ({ before, after }: Pass): string[] => Object.keys(before).filter((path) => JSON.stringify(before[path]) !== JSON.stringify(after[path]));

describe('manifoldMixup', () => {
  test('mixes what one module gave, and the targets, with one lambda and the same partners', async () => {
    const passes = await run([manifoldMixup({ alpha: 1, layers: ['0', '3'], mixInputs: false })], { epochs: 4 });
    expect(passes).toHaveLength(8);
    for (const [i, pass] of passes.entries()) {
      const at = mixedAt(pass);
      expect(at).toHaveLength(1);
      const path = at[0] ?? '';
      expect(['0', '3']).toContain(path);
      const [raw = [], mixed = []] = [pass.before[path], pass.after[path]];
      // Labels of a batch without shuffling: 0, 1, 2, 0, 1, 2.
      const own = (row: number): number => pass.target?.[row]?.[row % 3] ?? NaN;
      const lambda = Math.min(...raw.map((_, row) => own(row)));
      for (const [row, values] of mixed.entries()) {
        // Some partner explains the row, and its label the target.
        const partner = raw.findIndex((other, p) => values.every((v, k) => Math.abs(v - (lambda * (raw[row]?.[k] ?? NaN) + (1 - lambda) * (other[k] ?? NaN))) < 1e-9)
          && Math.abs(own(row) - (p % 3 === row % 3 ? 1 : lambda)) < 1e-9 && Math.abs((pass.target?.[row]?.[p % 3] ?? NaN) - (p % 3 === row % 3 ? 1 : 1 - lambda)) < 1e-9);
        expect(partner, `batch ${i}, row ${row}`).toBeGreaterThanOrEqual(0);
      }
    }
  });

  test('draws every layer of a Sequential but the last, and the inputs, about as often', async () => {
    const passes = await run([manifoldMixup()], { epochs: 100 });
    const counts = new Map<string, number>();
    for (const pass of passes) { const at = mixedAt(pass)[0] ?? 'inputs'; counts.set(at, (counts.get(at) ?? 0) + 1); }
    expect([...counts.keys()].sort()).toEqual(['0', '1', '2', '3', 'inputs']);
    // Each within 5 standard errors of a fifth of 200.
    for (const count of counts.values()) expect(Math.abs(count - 40)).toBeLessThan(5 * Math.sqrt(200 * 0.2 * 0.8));
    for (const pass of passes) expect(pass.target).toBeDefined();
  });

  test('microbatches of a step share layer and lambda, each with pairs of its own', async () => {
    const passes = await run([manifoldMixup({ alpha: 1, mixInputs: false })], { accumulate: 2, epochs: 10 });
    let both = 0;
    for (let step = 0; step < 20; step++) {
      const parts = passes.filter((pass) => pass.step === step);
      expect(parts).toHaveLength(2);
      // A permutation of three is the identity once in six, and then nothing is to be seen.
      const places = parts.flatMap(mixedAt);
      expect(new Set(places).size).toBeLessThanOrEqual(1);
      if (places.length === 2) both++;
      const shares = new Set(parts.flatMap(({ target }) => (target ?? []).flat()).filter((p) => p > 1e-9 && p < 1 - 1e-9).map((p) => p.toFixed(9)));
      // lambda and 1 - lambda at most.
      expect(shares.size).toBeLessThanOrEqual(2);
    }
    expect(both).toBeGreaterThan(5);
  });

  test('further passes, and gradients at other weights, mix the same', async () => {
    const twice = definePlugin({
      name: 'twice', version: '1.0.0', apiVersion: 1, options: {}, claims: {}, batchSemantics: 'per-sample',
      hooks: {
        aroundForward: (_, next) => { next(); return next(); },
        transformGrads: (_, ctx) => ctx.gradsAt(ctx.weights.params, { freezeBuffers: true }),
      },
    });
    for (const plugins of [[twice, manifoldMixup({ alpha: 1 })], [manifoldMixup({ alpha: 1 }), twice]]) {
      const passes = await run(plugins, { epochs: 3 });
      expect(passes).toHaveLength(24);
      for (let step = 0; step < 6; step++) {
        const [first, ...others] = passes.filter((pass) => pass.step === step);
        for (const other of others) {
          expect(other.after).toEqual(first?.after);
          if (other.target) expect(other.target).toEqual(passes.find((pass) => pass.step === step && pass.target)?.target);
        }
      }
    }
  });

  test('until and prob', async () => {
    const mixes = (passes: readonly Pass[]): boolean[] => passes.map(({ target }) => target !== undefined);
    expect(mixes(await run([manifoldMixup({ until: { step: 1 } })], { epochs: 2 }))).toEqual([true, false, false, false]);
    expect(mixes(await run([manifoldMixup({ prob: 0 })]))).toEqual([false, false]);
    const some = mixes(await run([manifoldMixup({ prob: 0.5 })], { epochs: 50 })).filter(Boolean).length;
    expect(Math.abs(some - 50)).toBeLessThan(25);
  });

  test('an ignored label that the loss alone names counts nothing', async () => {
    const passes = await run([manifoldMixup({ alpha: 1 })], { loss: losses.crossEntropy({ ignoreIndex: 2 }), epochs: 3 });
    for (const { target } of passes) for (const row of target ?? []) expect(row[2]).toBe(0);
  });

  test('its gradient is that of the mixed net', async () => {
    // One linear layer and an even mixture, so that the definition is written down at once.
    let seen: Promise<number[]> | undefined;
    let target: Target | undefined;
    const spy = definePlugin({
      name: 'spy', version: '1.0.0', apiVersion: 1, options: {}, claims: {}, batchSemantics: 'per-sample',
      hooks: {
        collectLossTerms: (ctx) => { target ??= ctx.target.kind === 'soft' ? { kind: 'soft', probs: ops.add(ctx.target.probs, 0) } : undefined; return []; },
        transformGrads: (grads) => { seen ??= (grads['4.bias'] as Tensor).data().then((g) => Array.from(g)); return undefined; },
      },
    });
    const passes = await run([manifoldMixup({ alpha: 1 }), spy]);
    const [first] = passes;
    // d loss / d bias is the mean of softmax(scores) - target.
    const scores = first?.after['4'] ?? [];
    const expected = [0, 1, 2].map((c) => scores.reduce((sum, row, i) => {
      const total = row.reduce((a, s) => a + Math.exp(s), 0);
      return sum + (Math.exp(row[c] ?? NaN) / total - (first?.target?.[i]?.[c] ?? NaN)) / scores.length;
    }, 0));
    await expectClose(await seen ?? [], expected, { rtol: 1e-9 });
    expect(target).toBeDefined();
  });
});

describe('refusals', () => {
  const plan = (plugins: readonly AnyPlugin[], model: nn.Module = buildModel()) => () => new Trainer({ model, loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0 }), seed: 1, plugins });
  class Own extends nn.Module {
    inner = new nn.Linear(4, 4);
    head = new nn.Linear(4, 3);
    protected compute(x: Tensor, ctx: Parameters<nn.Module['forward']>[1]): Tensor {
      return this.head.forward(this.inner.forward(this.inner.forward(x, ctx), ctx), ctx);
    }
  }
  class Rows extends nn.Module {
    first = new nn.Linear(2, 3);
    protected compute(x: Tensor, ctx: Parameters<nn.Module['forward']>[1]): Tensor {
      const rows = this.first.forward(ops.reshape(x, [2 * (x.shape[0] ?? 0), 2]), ctx);
      return ops.sum(ops.reshape(rows, [x.shape[0] ?? 0, 2, 3]), { axis: 1 });
    }
  }
  class Idle extends nn.Module {
    used = new nn.Linear(4, 3);
    idle = new nn.Linear(4, 3);
    protected compute(x: Tensor, ctx: Parameters<nn.Module['forward']>[1]): Tensor { return this.used.forward(x, ctx); }
  }

  test('by the plan', () => {
    expect(plan([manifoldMixup({ layers: ['1', 'x.*'] })])).toThrow('manifoldMixup: `layers` has "x.*", which no module of the model matches. It has: 0, 1, 2, 3, 4.');
    expect(plan([manifoldMixup()], new Own())).toThrow('manifoldMixup: the model is not a `Sequential`, so `layers` must name the modules whose outputs may be mixed: some of inner, head.');
    expect(plan([manifoldMixup({ mixInputs: false })], new nn.Sequential(new nn.Linear(4, 3)))).toThrow('so there is nothing to mix');
    const teacher = definePlugin({ name: '@parsimony/distillation', version: '1.0.0', apiVersion: 1, options: {}, claims: {}, batchSemantics: 'per-sample', hooks: {} });
    expect(plan([teacher, manifoldMixup()])).toThrow('mixes inside the model, where the teacher of @parsimony/distillation has no part: it would score the samples unmixed.');
    expect(plan([manifoldMixup({ layers: '*' })])().explain()).toContain('manifold-mixup');
  });

  test('in the fit', async () => {
    const only = (layers: string) => [manifoldMixup({ layers, mixInputs: false })];
    await expect(run(only('inner'), { model: new Own() })).rejects.toThrow('manifoldMixup: the module at `inner` ran twice in one pass, so its outputs would be mixed twice. Leave it out of `layers`.');
    await expect(run(only('first'), { model: new Rows() })).rejects.toThrow('manifoldMixup: the module at `first` gave [12, 3] for 6 samples; what is mixed must have a row a sample.');
    await expect(run(only('idle'), { model: new Idle() })).rejects.toThrow('manifoldMixup: the module at `idle` gave no tensor in this pass. Leave it out of `layers`.');
  });
});
