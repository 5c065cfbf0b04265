/** The gradients of a whole step: microbatch by microbatch, put together by denominators. */
import { valuesAndGrads } from '../../autograd/grad';
import { add } from '../../ops/add';
import { div } from '../../ops/div';
import { scope } from '../../tensor/scope';
import type { Scalar, Tensor } from '../../tensor/tensor';
import type { Batch, Outputs, Params } from '../../types';
import type { Grads } from '../contract';
import { lossOf } from './forward';
import type { Hooks } from './hooks';
import { groupParts, type LossPart, meanOfParts } from './loss-parts';
import type { MicroState, PluginRuntime, Run } from './run';

export interface StepGradients {
  readonly grads: Grads;
  /** Mean loss of the step. */
  readonly loss: Scalar;
}

export interface GradientOptions {
  readonly params: Params;
  readonly freezeBuffers: boolean;
  /** Sees the outputs of each microbatch. */
  readonly observe?: (outputs: Outputs, batch: Batch) => void;
}

/** One part of the loss over the microbatches so far. */
interface Sum { readonly grads: Params; readonly sum: Tensor; readonly denominator: Tensor | undefined }

export function stepGradients(run: Run, hooks: Hooks, options: GradientOptions): StepGradients {
  const { micros, size: total } = run.current;
  const whole = micros.length === 1 && run.replica.size === 1;
  const outer = run.current.micro;
  try {
    return scope(() => {
      const sums = new Map<string, Sum>();
      micros.forEach((batch, index) => {
        const made = scope(() => microbatch(run, hooks, batch, index, options, whole ? undefined : batch.size / total));
        for (const { name, ...part } of made) sums.set(name, merge(sums.get(name), part));
      });
      return finish(overReplicas(run, [...sums.values()]));
    });
  } finally {
    run.current.micro = outer;
  }
}

/** Gradients of each part of one microbatch; in one piece (no share), of the mean of all. */
function microbatch(run: Run, hooks: Hooks, batch: Batch, index: number, options: GradientOptions, share: number | undefined): (Sum & { readonly name: string })[] {
  const micro: MicroState = {
    index, batch, passes: 0, params: options.params, freezeBuffers: options.freezeBuffers, locals: new Map(), taps: new Map(),
  };
  run.current.micro = micro;
  const context = (own: PluginRuntime): unknown => own.contexts.micro;
  hooks.observe('microbatchStart', context);
  const holds = run.plugins.some(({ plugin }) => plugin.claims.reads?.includes('activations'));
  const { values, grads, aux } = valuesAndGrads((params: Params) => {
    micro.params = params;
    const parts = lossOf(run, hooks, micro, holds);
    const groups: readonly LossPart[] = share === undefined ? [{ name: 'loss', sum: meanOfParts(parts), denominator: undefined }] : groupParts(parts, share);
    return [groups.map(({ sum }) => sum), { groups, outputs: micro.outputs as Outputs, locals: [...micro.locals.values()] }];
  })(options.params);
  micro.params = options.params;
  options.observe?.(aux.outputs, batch);
  hooks.observe('microbatchEnd', context);
  return aux.groups.map(({ name, denominator }, i) => ({ name, denominator, sum: values[i] as Tensor, grads: grads[i] as Params }));
}

/** Adds a microbatch's part to what there is, and gives that back. */
function merge(before: Sum | undefined, next: Sum): Sum {
  if (!before) return next;
  const plus = (a: Tensor, b: Tensor): Tensor => {
    const out = add(a, b);
    a.dispose();
    b.dispose();
    return out;
  };
  return {
    sum: plus(before.sum, next.sum),
    denominator: before.denominator && next.denominator ? add(before.denominator, next.denominator) : undefined,
    grads: Object.fromEntries(Object.entries(next.grads).map(([path, g]) => [path, plus(before.grads[path] as Tensor, g)])),
  };
}

/** The sums of all replicas, in one exchange. */
function overReplicas({ replica }: Run, sums: readonly Sum[]): readonly Sum[] {
  if (replica.size === 1) return sums;
  const paths = Object.keys(sums[0]?.grads ?? {});
  const flat = sums.flatMap(({ sum, denominator, grads }) => [sum, ...(denominator ? [denominator] : []), ...paths.map((path) => grads[path] as Tensor)]);
  const all = replica.sum('gradients', flat).values();
  const next = (): Tensor => all.next().value as Tensor;
  return sums.map(({ denominator }): Sum => ({ sum: next(), denominator: denominator && next(), grads: Object.fromEntries(paths.map((path) => [path, next()])) }));
}

function finish(sums: readonly Sum[]): StepGradients {
  const mean = (x: Tensor, { denominator }: Sum): Tensor => (denominator ? div(x, denominator) : x);
  const loss = sums.map((s) => mean(s.sum, s)).reduce(add) as Scalar;
  const paths = Object.keys(sums[0]?.grads ?? {});
  const grads = Object.fromEntries(paths.map((path) => [path, sums.map((s) => mean(s.grads[path] as Tensor, s)).reduce(add)]));
  return { grads: grads as Grads, loss };
}
