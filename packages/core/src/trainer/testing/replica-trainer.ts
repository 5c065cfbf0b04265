/** Makes the trainers whose fits on replicas are tested, in this thread and in the others; some go wrong in the others only. */
import { isMainThread } from 'node:worker_threads';
import { losses, nn, ops, optim } from '../../index';
import { keep, scope } from '../../tensor/scope';
import type { Tensor } from '../../tensor/tensor';
import type { ForwardContext, Json } from '../../types';
import type { AnyPlugin } from '../contract';
import type { TrainerOptions } from '../options';
import type { Trainer } from '../trainer';
import { average, Noisy } from './busy';
import { makePlugin, makeTrainer, mlp } from './small';

export type Kind = 'plain' | 'noisy' | 'busy' | 'sam' | 'exits' | 'throws' | 'stops' | 'drifts' | 'seed' | 'reads' | 'buffers' | 'waits';

const away = !isMainThread;

/** Weights moved by something that one thread alone sees. */
const drift = makePlugin('drift', {
  transformParams: (params) => (away ? Object.fromEntries(Object.entries(params).map(([path, x]) => [path, ops.add(x, 1e-3)])) : undefined),
});
/** The gradients at weights a little uphill. */
const sam = makePlugin('sam', {
  transformGrads: (grads, ctx) => ctx.gradsAt(Object.fromEntries(Object.entries(ctx.weights.params).map(([path, x]) => [path, ops.add(x, ops.mul(grads[path] as Tensor, 0.1))])), { freezeBuffers: true }),
});
const exits = makePlugin('exits', { stepStart: (ctx) => { if (away && ctx.step === 2) process.exit(3); } });
const throws = makePlugin('throws', { transformLoss: (_, ctx) => { if (away && ctx.step === 2) throw new RangeError('too far', { cause: new Error('deeper') }); return undefined; } });
const stops = makePlugin('stops', { stepEnd: (ctx) => { if (away && ctx.step === 2) ctx.stop('seen enough'); } });
/** Goes over the data in hooks, as averages that recompute statistics do. */
const reads = makePlugin('reads', {
  fitStart: async (ctx) => { ctx.setState({ tensors: { sum: await total(ctx.data.train()) }, json: null }); },
  fitEnd: async (ctx) => { ctx.setState({ tensors: { sum: keep(scope(() => ops.mul(ctx.state.tensors['sum'] as Tensor, 2))), more: await total(ctx.data.validation?.() ?? ctx.data.train()) }, json: null }); },
});
async function total(batches: AsyncIterable<{ readonly inputs: unknown }>): Promise<Tensor> {
  let sum: Tensor | undefined;
  for await (const { inputs } of batches) {
    const before: Tensor | undefined = sum;
    sum = keep(scope(() => ops.add(ops.sum(inputs as Tensor), before ?? 0)));
    before?.dispose();
  }
  return sum as Tensor;
}

/** Remembers the mean of its last input: other on each replica. */
class Remembers extends nn.Module {
  readonly inner = mlp();
  constructor() {
    super();
    this.buffer('last', [2], 0);
    this.buffer('count', [], 0, 'int32');
  }
  protected compute(x: Tensor, ctx: ForwardContext): Tensor {
    if (ctx.mode === 'train') {
      ctx.writeBuffer('last', ops.mean(x, { axis: 0 }));
      ctx.writeBuffer('count', ops.add(this.raw('count', ctx), 1));
    }
    return this.inner.forward(x, ctx);
  }
}

const plugins: Partial<Record<Kind, AnyPlugin>> = { busy: average(), sam, exits, throws, stops, drifts: drift, reads };

/** `module`: where this module is, as the other threads find it. */
export default function make(kind: Kind, more: Partial<TrainerOptions> = {}, module?: string): Trainer {
  if (kind === 'waits' && away) throw Object.assign(new Error('no such disk'), { code: 'ENOENT' });
  const plugin = plugins[kind];
  return makeTrainer({
    model: kind === 'noisy' || kind === 'busy' ? new Noisy() : kind === 'buffers' ? new Remembers() : mlp(),
    loss: losses.crossEntropy({ weight: [1, 5] }), optimizer: optim.adam({ lr: 0.05 }), seed: kind === 'seed' && away ? 2 : 1,
    ...(plugin ? { plugins: [plugin] } : {}), ...(module === undefined ? {} : { factory: { module, args: [kind, more as Json] } }), ...more,
  });
}
