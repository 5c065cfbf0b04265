/**
 * The contexts that hooks are given, one of each kind a plugin. They read the run as it is now, through closures, so that a
 * hook may take its context apart: `({ state, log }) => …`.
 */
import { fail } from '../../errors';
import type { Dataset } from '../../data/dataset';
import { BatchStream } from '../../data/batch-stream';
import { eachOf, plainRequests } from '../../data/loader';
import { inference, type Pass, training } from '../../nn/context';
import { at, foldIn, type RngKey } from '../../random/key';
import { giveBack, scope } from '../../tensor/scope';
import { isTensor } from '../../tensor/find';
import type { Batch, Inputs, Outputs, Weights } from '../../types';
import type {
  EvalContext, EvalResult, FitContext, GradContext, Grads, LossContext, MicroContext, PluginApiMap, StepContext, StepEndContext,
} from '../contract';
import type { PluginRuntime, Run } from './run';

export interface Contexts {
  readonly fit: FitContext;
  readonly step: StepContext;
  readonly micro: MicroContext;
  readonly loss: LossContext;
  readonly grad: GradContext;
  readonly stepEnd: StepEndContext;
  eval(split: string, weights: Weights | undefined, result?: EvalResult): EvalContext & { readonly result: EvalResult };
}

/** What contexts need of the parts that run them. */
export interface Machinery {
  gradsAt(params: Weights['params'], freezeBuffers: boolean): Grads;
}

/** A context with the getters of another on top. */
const extend = <B extends object, E extends object>(base: B, extra: E): B & E =>
  Object.create(base, Object.getOwnPropertyDescriptors(extra)) as B & E;

export function contextsOf(run: Run, own: PluginRuntime, machinery: Machinery): Contexts {
  const fit = fitContext(run, own);
  const step = extend(fit, {
    get microbatches() { return run.current.micros.length; },
    lossOf: run.settings.loss,
    rng: (site: string): RngKey => {
      const micro = run.current.micro;
      return at(foldIn(own.rng, site), { step: run.step, ...(micro ? { micro: run.microNumber, pass: Math.max(0, micro.passes - 1) } : {}) });
    },
  });
  const micro = extend(step, {
    get micro() { return run.micro.index; },
    get pass() { return Math.max(0, run.micro.passes - 1); },
    get batch() { return run.micro.batch; },
    get local() { return localOf(run, own); },
    tap: (path: string) => tap(run, own, path),
  });
  const loss = extend(micro, {
    get outputs() { return run.micro.outputs ?? fail('state', 'The outputs are not there yet.'); },
    get target() { return run.micro.target ?? fail('state', 'The target is not there yet.'); },
  });
  const grad = extend(step, {
    lr: (path: string) => run.rates(path).lr,
    gradsAt: (params: Weights['params'], { freezeBuffers }: { readonly freezeBuffers: boolean }) => machinery.gradsAt(params, freezeBuffers),
  });
  const stepEnd = extend(step, {
    get applied() { return run.current.applied ?? fail('state', 'The step is not over yet.'); },
    get loss() { return run.current.loss ?? fail('state', 'The step is not over yet.'); },
  });
  return {
    fit, step, micro, loss, grad, stepEnd,
    eval: (split, weights, result = { loss: Number.NaN, metrics: {} }) => extend(fit, { split, result, get weights() { return weights ?? run.store.weights; } }),
  };
}

function fitContext(run: Run, own: PluginRuntime): FitContext {
  const { train, validation, evalBatchSize } = run.settings;
  const all = (data: Dataset): AsyncIterable<Batch> => eachOf(new BatchStream(data, plainRequests(data.size, evalBatchSize), (load) => run.replica.share(load)));
  return {
    plugin: own.key,
    get model() { return run.model; },
    get epoch() { return run.epoch; },
    get step() { return run.step; },
    get totalSteps() { return run.totalSteps; },
    get stepsPerEpoch() { return run.totalSteps / run.settings.epochs; },
    get weights() { return run.store.weights; },
    get history() { return run.history; },
    get state() { return own.state; },
    setState: (next) => { run.setState(own, next); },
    data: {
      train: () => all(train),
      ...(validation === undefined ? {} : { validation: () => all(validation) }),
      trainSize: train.size,
    },
    call: (inputs, options) => call(run, inputs, options),
    at: (schedule) => run.at(schedule),
    lrScale: (path, scale) => { run.rateTable.setScale(own.key, path, scale); },
    stop: (reason) => { run.stopReason ??= reason; },
    keep: (weights, why, { epoch, step } = run) => {
      const current = run.store.weights;
      run.keepWeights({ params: { ...current.params, ...weights.params }, buffers: { ...current.buffers, ...weights.buffers } }, { why, epoch, step });
    },
    api: <K extends keyof PluginApiMap>(name: K): PluginApiMap[K] | undefined =>
      run.plugins.find(({ plugin }) => plugin.name === name)?.plugin.api as PluginApiMap[K] | undefined,
    log: (name, value) => { run.log(own, name, value); },
    report: (finding) => { run.report(own, finding); },
  };
}

/** A forward of a plugin's own. Inside a microbatch it sees the parameters that gradients flow to. */
function call(run: Run, inputs: Inputs, options: Parameters<FitContext['call']>[1] = {}): Outputs {
  const own = run.now?.micro;
  const weights = options.weights ?? (own ? { params: own.params, buffers: run.store.weights.buffers } : undefined);
  const given = weights === undefined ? {} : { weights };
  const { key, mode = 'eval' } = options;
  if (mode === 'train' && key === undefined) fail('option', "call: mode 'train' needs a `key`: `ctx.rng('site')`.");
  const place = { step: run.step, totalSteps: run.totalSteps };
  const pass: Pass = mode === 'train' && key !== undefined ? training({ key, ...place, ...given, ...(own ? { collective: run.replica.collective } : {}) })
    : inference({ ...place, ...(key === undefined ? {} : { key }), ...given });
  try {
    return scope(() => run.model.forward(inputs, pass));
  } finally {
    for (const value of pass.bufferUpdates.values()) giveBack(value);
  }
}

function localOf(run: Run, own: PluginRuntime): Map<string, unknown> {
  const { locals } = run.micro;
  let local = locals.get(own.key);
  if (!local) locals.set(own.key, local = new Map());
  return local;
}

function tap(run: Run, own: PluginRuntime, path: string): ReturnType<MicroContext['tap']> {
  if (!own.plugin.claims.reads?.includes('activations')) fail('plugin', "tap: the plugin must say `reads: ['activations']` in its claims, so that activations are held for it.");
  const value = run.micro.taps.get(path);
  if (isTensor(value)) return value;
  const paths = [...run.micro.taps.keys()].map((p) => p || '(root)').join(', ') || 'none yet';
  return fail('option', `tap: no module at \`${path}\` gave a tensor in this pass. Those that ran: ${paths}.`);
}
