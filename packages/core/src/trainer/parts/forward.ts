/** One microbatch from its inputs to the parts of its loss: the hooks from aroundForward to transformLoss. */
import { fail, show } from '../../errors';
import { Pass } from '../../nn/context';
import { isTensor, tensorsIn } from '../../tensor/find';
import { giveBack, pushRetainer } from '../../tensor/scope';
import { sameShape, showShape } from '../../tensor/shape';
import type { Tensor } from '../../tensor/tensor';
import type { Batch, LossTerm, Outputs, Target } from '../../types';
import type { Hooks } from './hooks';
import { checkLoss, type LossPart, partOf, wholeOf } from './loss-parts';
import type { MicroState, PluginRuntime, Run } from './run';

const microContext = (own: PluginRuntime): unknown => own.contexts.micro;
const lossContext = (own: PluginRuntime): unknown => own.contexts.loss;

/** Runs under the tape of the step. The first part is the loss itself. */
export function lossOf(run: Run, hooks: Hooks, micro: MicroState, holdsActivations: boolean): readonly LossPart[] {
  const parts: LossPart[] = [];
  const passes: (readonly LossTerm[])[] = [];
  const names = new Map<string, number>();
  // A part of the loss is found again in the next microbatch by its name.
  const take = (from: string, given: readonly LossTerm[], share = 1): void => {
    for (const term of given) {
      const name = `${from}/${term.name}`;
      const count = (names.get(name) ?? 0) + 1;
      names.set(name, count);
      parts.push(partOf({ ...term, name: count === 1 ? name : `${name} ${count}` }, share * run.at(term.weight)));
    }
  };
  const held = new Set<Tensor>();
  // Taps and terms outlive the scope of the forward call that made them.
  const release = pushRetainer({ retains: (x) => held.has(x) });
  try {
    const own = micro.batch;
    const forward = hooks.around<Batch, Outputs>('aroundForward', microContext, (batch) => {
      micro.batch = batch;
      try {
        return pass(run, hooks, micro, (given) => { passes.push(given); }, held, holdsActivations);
      } finally {
        micro.batch = own;
      }
    });
    const outputs = checkOutputs(forward(own));
    micro.outputs = outputs;
    micro.target = hooks.transform<Target>('transformTargets', own.target, lossContext, checkTarget);
    const main = { name: 'loss', ...checkLoss(`loss \`${run.settings.loss.lossName}\``, run.settings.loss(outputs, micro.target)) };
    // What modules add to the loss is meant once: of several passes the mean counts.
    for (const given of passes) take('model', given, 1 / passes.length);
    for (const { own: { key }, values } of hooks.collect<LossTerm>('collectLossTerms', lossContext)) take(key, values);
    if (!hooks.has('transformLoss')) return [main, ...parts];
    const whole = hooks.transform('transformLoss', wholeOf(main, parts), lossContext, (next) => { checkLoss('transformLoss', next); });
    return [{ name: 'loss', ...checkLoss('transformLoss', whole) }];
  } finally {
    release();
  }
}

/** One forward of the model: new masks each, buffers staged, activations seen by hooks. */
function pass(run: Run, hooks: Hooks, micro: MicroState, takeTerms: (terms: readonly LossTerm[]) => void, held: Set<Tensor>, holdsActivations: boolean): Outputs {
  const step = run.current;
  const number = micro.passes++;
  const { buffers } = run.store.weights;
  const own = new Pass('train', {
    key: run.modelKey, step: run.step, totalSteps: run.totalSteps, micro: run.microNumber, pass: number, collective: run.replica.collective,
    weights: { params: micro.params, buffers: step.staged.size === 0 ? buffers : { ...buffers, ...Object.fromEntries(step.staged) } },
  });
  const changes = hooks.has('transformActivation');
  if (holdsActivations) micro.taps.clear();
  if (changes || holdsActivations) {
    own.onActivation = (path, output) => {
      const seen = changes && isTensor(output) ? hooks.activation<Tensor>(path, output, microContext, checkActivation(path)) : output;
      if (holdsActivations) {
        micro.taps.set(path, seen);
        for (const tensor of tensorsIn(seen)) held.add(tensor);
      }
      return seen;
    };
  }
  const addLoss = own.addLoss.bind(own);
  own.addLoss = (term) => {
    for (const tensor of tensorsIn(term.loss)) held.add(tensor);
    addLoss(term);
  };
  try {
    const outputs = run.model.forward(micro.batch.inputs, own);
    takeTerms(own.lossTerms);
    if (!micro.freezeBuffers) {
      for (const [path, value] of own.bufferUpdates) {
        const before = step.staged.get(path);
        step.staged.set(path, value);
        if (before) giveBack(before);
      }
      own.bufferUpdates.clear();
    }
    return outputs;
  } finally {
    for (const value of own.bufferUpdates.values()) giveBack(value);
  }
}

function checkOutputs(outputs: Outputs): Outputs {
  if (tensorsIn(outputs).length > 0) return outputs;
  return fail('plugin', `the forward pass must give a tensor or a record of tensors, received ${show(outputs)}. An aroundForward hook returns what \`next()\` gave.`);
}

function checkTarget(next: Target, before: Target): void {
  const kinds: readonly unknown[] = ['index', 'soft', 'value'];
  if (!kinds.includes((next as Partial<Target> | null)?.kind)) fail('plugin', `a target has a kind, 'index', 'soft' or 'value', received ${show(next)} for one of kind '${before.kind}'.`);
}

const checkActivation = (path: string) => (next: Tensor, before: Tensor): void => {
  if (!isTensor(next)) fail('plugin', `the activation at \`${path}\` must stay a tensor, received ${show(next)}.`);
  if (!sameShape(next.shape, before.shape)) fail('shape', `the activation at \`${path}\` must keep its shape ${showShape(before.shape)}, received ${showShape(next.shape)}.`);
};
