/** The 50-epoch fixture curve: each option by what it makes of it, alone and in fits with averages, accumulation and resumption. */
import { type AnyPlugin, arrayDataset, definePlugin, losses, memoryStore, nn, optim, type Params, Trainer, useBackend } from '@parsimony/core';
import { ema, swa } from '@parsimony/ema';
import { sample } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import curve50 from '../fixtures/curve-50.json';
import { earlyStopping } from './early-stopping';
import { beginStopping, improvement, type StoppingOptions, type StoppingState } from './improvement';

const curve: readonly number[] = curve50.loss;
const broken = curve.map((value, e) => (e === 29 ? NaN : value));
const turned = curve.map((value) => -value);

/** Epochs from 1: [at which it stops, of the best, why]. */
type Ends = readonly [stopped: number | null, best: number | undefined, why: StoppingState['stop']];

function follow(values: readonly number[], options: StoppingOptions): Ends {
  let state = beginStopping;
  for (const [epoch, value] of values.entries()) {
    ({ state } = improvement(state, { value, epoch, step: 4 * epoch + 4 }, options));
    if (state.stop !== null) return [epoch + 1, state.best && state.best.epoch + 1, state.stop] as Ends;
  }
  return [null, state.best ? state.best.epoch + 1 : undefined, null];
}

test('the curve has its lowest value at epoch 27 of 50', () => {
  expect(curve).toHaveLength(50);
  expect(curve.filter((value) => value <= Math.min(...curve))).toHaveLength(1);
  expect(curve.indexOf(Math.min(...curve)) + 1).toBe(27);
});

// Of noise before the best no run without improvement is longer than four checks (epochs 23 to 26).
test.each<[string, readonly number[], StoppingOptions, Ends]>([
  ['patience 0 acts as 1', curve, { patience: 0 }, [20, 19, 'patience']],
  ['patience 1', curve, { patience: 1 }, [20, 19, 'patience']],
  ['patience 2', curve, { patience: 2 }, [24, 22, 'patience']],
  ['patience 4, one too short', curve, { patience: 4 }, [26, 22, 'patience']],
  ['patience 5 outlasts the noise', curve, { patience: 5 }, [32, 27, 'patience']],
  ['the default patience, 10', curve, {}, [37, 27, 'patience']],
  ['patience 23 stops at the last', curve, { patience: 23 }, [50, 27, 'patience']],
  ['patience 24 never', curve, { patience: 24 }, [null, 27, null]],
  ['minDelta, absolute', curve, { minDelta: 0.01 }, [37, 27, 'patience']],
  ['minDelta, so large that the last gains do not count', curve, { minDelta: 0.05 }, [31, 21, 'patience']],
  ['minDelta, relative', curve, { minDelta: 0.03, minDeltaMode: 'relative' }, [37, 27, 'patience']],
  ['startEpoch before the best', curve, { startEpoch: 20, patience: 5 }, [32, 27, 'patience']],
  ['startEpoch behind it', curve, { startEpoch: 30, patience: 5 }, [36, 31, 'patience']],
  ['baseline not reached in time', curve, { baseline: 0.3 }, [10, 10, 'patience']],
  ['baseline reached at epoch 19', curve, { baseline: 0.3, patience: 20 }, [47, 27, 'patience']],
  ['target', curve, { target: 0.3 }, [19, 19, 'target']],
  ['target that is not reached', curve, { target: 0.26 }, [37, 27, 'patience']],
  ['divergence, once the fall is over', curve, { divergence: 0.36, startEpoch: 20, patience: 30 }, [48, 27, 'divergence']],
  ['divergence from the start', curve, { divergence: 0.36 }, [1, 1, 'divergence']],
  ['NaN', broken, { patience: 10 }, [30, 27, 'non-finite']],
  ['NaN as no improvement', broken, { checkFinite: false }, [37, 27, 'patience']],
  ['higher is better', turned, { mode: 'max', patience: 5 }, [32, 27, 'patience']],
  ['higher is better, target', turned, { mode: 'max', target: -0.3 }, [19, 19, 'target']],
  ['higher is better, divergence', turned, { mode: 'max', divergence: -0.36, startEpoch: 20, patience: 30 }, [48, 27, 'divergence']],
])('%s', (_, values, options, expected) => {
  expect(follow(values, options)).toEqual(expected);
});

type Values = Record<string, number[]>;
const valuesOf = async (params: Params): Promise<Values> => {
  const out: Values = {};
  for (const [path, x] of Object.entries(params)) out[path] = Array.from(await x.data());
  return out;
};

describe.each(techniqueBackends)('in fits on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });
  const data = () => arrayDataset({ inputs: Float32Array.from(sample(48, { seed: 2 })), shape: [3], labels: Int32Array.from({ length: 16 }, (_, i) => i % 2), numClasses: 2 });
  const fit = () => ({ train: data(), validation: data(), epochs: 50, batchSize: 4 });

  /** What each check saw of weights, by epoch. */
  function make(averages: () => AnyPlugin[], accumulate: number): { readonly trainer: Trainer; readonly seen: Map<number, Values> } {
    const seen = new Map<number, Values>();
    const script = definePlugin({
      name: 'script', version: '1.0.0', apiVersion: 1, options: {}, claims: {}, batchSemantics: 'per-sample',
      hooks: {
        aroundEval: async (ctx, next) => ({ ...await next(), loss: curve[ctx.epoch] ?? NaN }),
        evalEnd: async (ctx) => { seen.set(ctx.epoch, await valuesOf(ctx.weights.params)); },
      },
    });
    const trainer = new Trainer({
      model: new nn.Sequential(new nn.Linear(3, 2)), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.5, momentum: 0.9 }), seed: 3, accumulate,
      plugins: [earlyStopping({ patience: 10 }), ...averages(), script],
    });
    return { trainer, seen };
  }

  const averages: [string, () => AnyPlugin[]][] = [['no average', () => []], ['ema', () => [ema({ decay: 0.8 })]], ['swa', () => [swa({ startStep: 8 })]]];
  test.each(averages.flatMap(([name, plugins]) => [1, 4].map((accumulate) => [name, accumulate, plugins] as const)))(
    'finds epoch 27 with %s and %d microbatches, resumed or not, and ends with the weights that were evaluated there', async (name, accumulate, plugins) => {
      const { trainer, seen } = make(plugins, accumulate);
      const whole = await trainer.fit(fit());
      const why = 'best validation loss, 0.2608 at epoch 27, step 108';
      expect(whole).toMatchObject({ epochs: 37, steps: 148, reason: `early stopping: no improvement in 10 checks; ${why}`, kept: { why, epoch: 26, step: 108 } });
      const final = await valuesOf(trainer.model.parameters());
      expect(final).toEqual(seen.get(26));
      expect(final).not.toEqual(seen.get(36));
      if (name !== 'no average') {
        const plain = make(() => [], accumulate);
        await plain.trainer.fit(fit());
        expect(final).not.toEqual(plain.seen.get(26));
      }
      const keepBest = { monitor: 'validationLoss', mode: 'min', count: 3 } as const;
      for (const cut of accumulate === 1 ? [26, 31] : [27]) {
        const store = memoryStore();
        const stop = new AbortController();
        await make(plugins, accumulate).trainer.fit({ ...fit(), signal: stop.signal, checkpoint: { store, keepLast: 1, keepBest }, onProgress: { epoch: (event) => { if (event.epoch + 1 === cut) stop.abort(); } } });
        const other = make(plugins, accumulate);
        const result = await other.trainer.fit({ ...fit(), resume: store, checkpoint: { store, keepLast: 1, keepBest } });
        expect([result.epochs, result.reason, result.kept]).toEqual([37, whole.reason, whole.kept]);
        expect(await valuesOf(other.trainer.model.parameters())).toEqual(final);
        // 0.2608, 0.2702 and 0.2743, and the last.
        expect(result.checkpoints?.ranked).toEqual([108, 116, 124].map((step) => `memory/step-000000${step}.safetensors`));
        expect([...await store.list()].sort()).toEqual([108, 116, 124, 148].map((step) => `step-000000${step}.safetensors`));
      }
    }, 60_000);

  test('a fit that is resumed after it was stopped is over', async () => {
    const store = memoryStore();
    const first = make(() => [], 1);
    await first.trainer.fit({ ...fit(), checkpoint: { store } });
    const second = make(() => [], 1);
    const again = await second.trainer.fit({ ...fit(), resume: store, checkpoint: { store } });
    expect([again.steps, again.reason]).toEqual([148, 'early stopping: no improvement in 10 checks; best validation loss, 0.2608 at epoch 27, step 108']);
    expect(await valuesOf(second.trainer.model.parameters())).toEqual(await valuesOf(first.trainer.model.parameters()));
  });
});
