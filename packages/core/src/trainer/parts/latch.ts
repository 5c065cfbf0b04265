/**
 * Whether no step was refused so far, as a number on the device. After the first refused step none is applied, so that weights
 * and states are those of before it, however many steps later the host learns of it.
 */
import { detach } from '../../autograd/custom';
import { mul } from '../../ops/mul';
import { keep } from '../../tensor/scope';
import type { Scalar } from '../../tensor/tensor';

export class Latch {
  #open: Scalar | undefined;

  /** 1 where this step's values are finite and those of all before were. */
  pass(finite: Scalar): Scalar {
    const open = this.#open ? mul(finite, this.#open) as Scalar : finite;
    this.#open?.dispose();
    this.#open = keep(detach(open)) as Scalar;
    return open;
  }

  dispose(): void {
    this.#open?.dispose();
    this.#open = undefined;
  }
}
