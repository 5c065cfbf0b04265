/** The gated recurrent unit. */
import { add } from '../ops/add';
import { chunk } from '../ops/chunk';
import { mul } from '../ops/mul';
import { sigmoid } from '../ops/sigmoid';
import { sub } from '../ops/sub';
import { tanh } from '../ops/tanh';
import type { Tensor } from '../tensor/tensor';
import type { ForwardContext } from '../types';
import { inputsOf, Recurrent, type RecurrentOptions } from './recurrent';
import type { RnnInputs, RnnOutput } from './rnn';

/**
 * h_t = (1 - z) n + z h_(t-1) with r, z = sigmoid of W_ih x_t + b_ih + W_hh h_(t-1) + b_hh and n = tanh(W_in x_t + b_in +
 * r (W_hn h_(t-1) + b_hn)), the gates stacked in the order r, z, n. `forward` takes a tensor or `{ x, h0 }` and gives `{ output, hn }`.
 *
 * State, for layer k: `weight_ih_lk` [3 H, in], `weight_hh_lk` [3 H, H], `bias_ih_lk`, `bias_hh_lk` [3 H], and the same with `_reverse`.
 *
 * @throws option: a bad size or option. shape: inputs of other sizes.
 * @see Cho et al., arXiv:1406.1078; as in PyTorch, the reset gate acts behind the product with W_hn.
 * @example
 * ```ts
 * import { nn, random, ready, zeros } from '@parsimony/core';
 * await ready();
 * const { output, hn } = new nn.GRU(4, 8).init(random.key(0)).forward(zeros([5, 3, 4]));
 * output.shape; // => [5, 3, 8]
 * hn.shape; // => [1, 3, 8]
 * ```
 */
export class GRU extends Recurrent<RnnInputs, RnnOutput> {
  constructor(inputSize: number, hiddenSize: number, options: RecurrentOptions = {}) {
    super('GRU', 3, inputSize, hiddenSize, options);
  }

  protected compute(inputs: Tensor | RnnInputs, ctx: ForwardContext): RnnOutput {
    const { x, h0 } = inputsOf<RnnInputs>('GRU', inputs, ['h0']) as RnnInputs;
    const { output, last: [hn] } = this.run(x, [h0], ctx);
    return { output, hn: hn as Tensor };
  }

  protected step(fromInput: Tensor, fromState: Tensor, [h]: readonly Tensor[]): readonly Tensor[] {
    const [rx, zx, nx] = chunk(fromInput, 3, 1) as [Tensor, Tensor, Tensor];
    const [rh, zh, nh] = chunk(fromState, 3, 1) as [Tensor, Tensor, Tensor];
    const fresh = tanh(add(nx, mul(sigmoid(add(rx, rh)), nh)));
    return [add(fresh, mul(sigmoid(add(zx, zh)), sub(h as Tensor, fresh)))];
  }
}
