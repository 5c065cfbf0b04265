/** What penalties on gradients in the input share: a forward of the model as a function of its inputs. */
import { checkTensors, fail, type Inputs, isTensor, type LossContext, type Mode, ops, type Outputs, show, type Tensor } from '@parsimony/core';

/** Tensors to differentiate by, by name; one input alone has the name ''. */
export type FloatInputs = Readonly<Record<string, Tensor>>;

/** @internal The inputs that are float32, and the way back to all of them. */
export function floatInputs(where: string, inputs: Inputs): { readonly floats: FloatInputs; readonly with: (floats: FloatInputs) => Inputs } {
  const all: Readonly<Record<string, Tensor>> = isTensor(inputs) ? { '': inputs } : checkTensors(where, 'x', inputs);
  const floats = Object.fromEntries(Object.entries(all).filter(([, x]) => x.dtype === 'float32'));
  if (Object.keys(floats).length === 0) fail('dtype', `${where}: none of the inputs is float32, so there is no gradient in them. Tokens have none: penalize an embedding's output with activityRegularization.`);
  return { floats, with: (next) => (isTensor(inputs) ? next[''] ?? inputs : { ...inputs, ...next }) };
}

/** @internal A forward of the Trainer's model under the weights that gradients flow to, in the chosen mode. */
export const forwardOf = (ctx: LossContext, mode: Mode) => (inputs: Inputs): Outputs =>
  ctx.call(inputs, mode === 'train' ? { mode, key: ctx.rng('forward') } : { mode });

/** @internal */
export const oneTensor = (where: string, outputs: Outputs): Tensor =>
  (isTensor(outputs) ? outputs : fail('dtype', `${where}: the model's outputs must be one tensor, received ${show(outputs)}.`));

/** @internal The squares of gradients [N, ...], summed over all but the first axis and over the inputs: [N]. */
export function squaresBySample(gradients: FloatInputs): Tensor {
  return Object.values(gradients).map((g) => ops.sum(ops.reshape(ops.square(g), [g.shape[0] ?? 1, -1]), { axis: 1 })).reduce((a, b) => ops.add(a, b));
}
