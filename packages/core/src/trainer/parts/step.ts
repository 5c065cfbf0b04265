/** An optimizer step: everything from the batch to the new weights, in one synchronous call. */
import { fail, show } from '../../errors';
import { allFinite } from '../../ops/all-finite';
import { cast } from '../../ops/convert';
import { where } from '../../ops/where';
import { scalar } from '../../tensor/create';
import { isTensor } from '../../tensor/find';
import { keep } from '../../tensor/scope';
import { sameShape, showShape } from '../../tensor/shape';
import type { Scalar, Tensor } from '../../tensor/tensor';
import type { Batch, Params } from '../../types';
import type { Grads } from '../contract';
import { stepGradients } from './gradients';
import type { Hooks } from './hooks';
import { partNames, partsOf } from './metric-parts';
import type { PluginRuntime, Run } from './run';

const gradContext = (own: PluginRuntime): unknown => own.contexts.grad;

/** Leaves `applied` and `loss` in the step's state; new weights are the model's. */
export function runStep(run: Run, hooks: Hooks): void {
  const step = run.current;
  run.store.refresh();
  const { params } = run.store.weights;
  const { grads: raw, loss } = stepGradients(run, hooks, { params, freezeBuffers: false, observe: (outputs, batch) => { measure(run, outputs, batch); } });
  const grads = hooks.transform<Grads>('transformGrads', raw, gradContext, (next) => { checkParams('gradients', next, params); });
  let applied: Scalar | undefined;
  hooks.around<Grads, void>('aroundOptimStep', gradContext, (own) => {
    if (applied) fail('plugin', 'aroundOptimStep: `next` was called twice; the optimizer steps once a step.');
    checkParams('gradients', own, params);
    const finite = allFinite([loss, ...Object.values(own)]);
    applied = run.latch ? run.latch.pass(finite) : finite;
    step.stepped = true;
    optimize(run, own, applied);
  })(grads);
  step.applied = applied ?? scalar(0);
  step.loss = loss;
  transformParams(run, hooks, step.applied);
  run.store.commit(ofFirstReplica(run, step.staged), step.applied);
}

function optimize(run: Run, grads: Grads, gate: Scalar): void {
  const { optimizer } = run.settings;
  const { params, state } = optimizer.step({
    params: run.store.weights.params, grads, state: run.optimizerState, gate, progress: { step: run.step, totalSteps: run.totalSteps },
    rates: (path) => {
      const rates = run.rates(path);
      run.current.learningRate = Math.max(run.current.learningRate, rates.lr);
      return rates;
    },
  });
  run.optimizerState = keep(state);
  run.store.put(params);
}

/** Replaced parameters are taken where the step was applied. */
function transformParams(run: Run, hooks: Hooks, applied: Scalar): void {
  if (!hooks.has('transformParams')) return;
  const { params } = run.store.weights;
  const next = hooks.transform<Params>('transformParams', params, gradContext, (made) => { checkParams('parameters', made, params); });
  const changed = Object.entries(next).filter(([path, value]) => value !== params[path]);
  if (changed.length === 0) return;
  const open = cast(applied, 'bool');
  run.store.put(Object.fromEntries(changed.map(([path, value]) => [path, where(open, value, params[path] as Tensor)])));
}

/** Statistics that replicas took apart are those of replica 0 for all. Changes the map. */
function ofFirstReplica({ replica }: Run, staged: Map<string, Tensor>): Map<string, Tensor> {
  if (replica.size === 1 || staged.size === 0) return staged;
  for (const [path, value] of Object.entries(replica.buffers(Object.fromEntries(staged)))) {
    if (staged.get(path) === value) continue;
    staged.get(path)?.dispose();
    staged.set(path, keep(value));
  }
  return staged;
}

/** Sums and counts of the metrics of a microbatch, on the labels as they came from the data. */
function measure(run: Run, outputs: Parameters<typeof run.settings.loss>[0], batch: Batch): void {
  for (const metric of run.settings.metrics) {
    const made = metric.compute(outputs, batch.original);
    if (!made) continue;
    const { sum, count } = made;
    const [total, counted] = run.replica.size === 1 ? [sum, count] : run.replica.sum('metrics', [sum, typeof count === 'number' ? scalar(count) : count]) as [Tensor, Tensor];
    const names = partNames(metric);
    partsOf(metric, total).forEach((part, i) => { run.measured.push({ name: names[i] ?? '', sum: run.reads.take(part), count: run.reads.take(counted) }); });
  }
}

function checkParams(what: string, made: Params, like: Params): void {
  if (typeof made !== 'object' || made === null) fail('plugin', `expected ${what} by path, received ${show(made)}.`);
  for (const [path, value] of Object.entries(made)) {
    const own = like[path] ?? fail('plugin', `there is no parameter \`${path}\`; the model has: ${Object.keys(like).join(', ')}.`);
    if (!isTensor(value) || !sameShape(value.shape, own.shape)) {
      fail('shape', `the ${what} of \`${path}\` must be a tensor of shape ${showShape(own.shape)}, received ${isTensor(value) ? showShape(value.shape) : show(value)}.`);
    }
  }
  const missing = Object.keys(like).filter((path) => !(path in made));
  if (missing.length > 0) fail('plugin', `the ${what} of ${missing.join(', ')} are missing. Return all of them: \`{ ...${what === 'gradients' ? 'grads' : 'params'}, … }\`.`);
}
