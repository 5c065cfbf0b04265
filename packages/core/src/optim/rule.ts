/** How one parameter is updated: what it keeps beside itself, and one step of it. */
import { dispatchConsuming } from '../ops/dispatch';
import type { Progress } from '../schedules/kind';
import type { Tensor } from '../tensor/tensor';

/** What one parameter's update is given. Of the two decays one is 0; the decoupled one comes times the learning rate. */
export interface Update {
  readonly p: Tensor;
  readonly g: Tensor;
  /** In the order of the rule's slots. */
  readonly slots: readonly Tensor[];
  /** One element; 0 leaves everything as it was. */
  readonly gate: Tensor;
  /** Updates of this parameter, from 1. */
  readonly count: number;
  readonly lr: number;
  readonly coupledDecay: number;
  readonly decoupledDecay: number;
  readonly progress: Progress;
}

export interface UpdateRule {
  /** State tensors of a parameter, with their initial value. */
  readonly slots: Readonly<Record<string, number>>;
  /** The new parameter, then its new slots. Consumes the parameter and the slots. */
  apply(update: Update): readonly Tensor[];
}

/** A rule that is one kernel of the elementwise table: its inputs are p, g, the slots, gate; its outputs p, then the slots. */
export function kernelRule(kernel: string, slots: UpdateRule['slots'], scalars: (update: Update) => readonly number[]): UpdateRule {
  const consumes = [0, ...Object.keys(slots).map((_, i) => i + 2)];
  return {
    slots,
    apply: (update) => dispatchConsuming(kernel, [update.p, update.g, ...update.slots, update.gate], consumes, scalars(update)),
  };
}
