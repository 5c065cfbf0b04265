/** The model's weights as the trainer sees and replaces them, without walking the tree at every step. */
import { fail } from '../../errors';
import type { Module, WeightSlot } from '../../nn/module';
import { cast } from '../../ops/convert';
import { view } from '../../ops/dispatch';
import { where } from '../../ops/where';
import { concat } from '../../ops/concat';
import { keep, scope } from '../../tensor/scope';
import { sameShape, showShape } from '../../tensor/shape';
import type { Tensor } from '../../tensor/tensor';
import type { Inputs, Outputs, Params, Weights } from '../../types';

/** A copy with memory of its own, kept. */
const copyTensor = (x: Tensor): Tensor => keep(scope(() => {
  const flat = view('alias', x, [1, x.size]);
  return view('alias', concat([flat], 0), x.shape);
}));

export const copyParams = (params: Params): Params => Object.fromEntries(Object.entries(params).map(([path, x]) => [path, copyTensor(x)]));
export const copyWeights = ({ params, buffers }: Weights): Weights => ({ params: copyParams(params), buffers: copyParams(buffers) });
export const disposeWeights = ({ params, buffers }: Weights): void => {
  for (const x of [...Object.values(params), ...Object.values(buffers)]) x.dispose();
};

export class WeightStore {
  readonly #slots: ReadonlyMap<string, WeightSlot>;
  #weights: Weights = { params: {}, buffers: {} };

  constructor(model: Module<Inputs, Outputs>) {
    this.#slots = model.slots();
    this.refresh();
  }

  /** Current parameters and buffers; the tensors are the model's own. */
  get weights(): Weights { return this.#weights; }

  /** Looks again: someone may have loaded other values into the model. */
  refresh(): void {
    const params: Record<string, Tensor> = {};
    const buffers: Record<string, Tensor> = {};
    for (const [path, slot] of this.#slots) {
      const value = slot.get();
      if (value) (slot.kind === 'param' ? params : buffers)[path] = value;
    }
    this.#weights = { params, buffers };
  }

  /** Takes over new values; the former ones are given back. */
  put(values: Params): void {
    for (const [path, value] of Object.entries(values)) {
      const slot = this.#slots.get(path) ?? fail('state', `The model has no \`${path}\`; it has: ${[...this.#slots.keys()].join(', ')}.`);
      if (!sameShape(slot.shape, value.shape)) fail('shape', `\`${path}\` must have shape ${showShape(slot.shape)}, received ${showShape(value.shape)}.`);
      slot.put(value);
    }
    this.refresh();
  }

  /** Takes over buffers that passes staged, where the step was applied; consumes them. */
  commit(staged: Map<string, Tensor>, applied: Tensor): void {
    if (staged.size === 0) return;
    const open = cast(applied, 'bool');
    const next: Record<string, Tensor> = {};
    for (const [path, value] of staged) {
      const before = this.#slots.get(path)?.get() ?? fail('state', `A module wrote the buffer \`${path}\`, which it did not declare.`);
      next[path] = where(open, value, before);
      value.dispose();
    }
    staged.clear();
    this.put(next);
  }

  /** Copies values into the model. */
  load({ params, buffers }: Weights): void {
    this.put(copyParams({ ...params, ...buffers }));
  }
}
