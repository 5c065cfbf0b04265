/** Long short-term memory. */
import { add } from '../ops/add';
import { chunk } from '../ops/chunk';
import { mul } from '../ops/mul';
import { sigmoid } from '../ops/sigmoid';
import { tanh } from '../ops/tanh';
import type { Tensor } from '../tensor/tensor';
import type { ForwardContext } from '../types';
import { inputsOf, Recurrent, type RecurrentOptions } from './recurrent';
import type { RnnInputs, RnnOutput } from './rnn';

export interface LstmInputs extends RnnInputs {
  /** [numLayers directions, N, hiddenSize]. Default: zeros. */
  readonly c0?: Tensor;
}

export interface LstmOutput extends RnnOutput {
  /** The cell states of every layer after its last step: [numLayers directions, N, hiddenSize]. */
  readonly cn: Tensor;
}

/**
 * c_t = f c_(t-1) + i g and h_t = o tanh(c_t), with i, f, o = sigmoid and g = tanh of W_ih x_t + b_ih + W_hh h_(t-1) + b_hh, the
 * gates stacked in the order i, f, g, o. `forward` takes a tensor or `{ x, h0, c0 }` and gives `{ output, hn, cn }`.
 *
 * State, for layer k: `weight_ih_lk` [4 H, in], `weight_hh_lk` [4 H, H], `bias_ih_lk`, `bias_hh_lk` [4 H], and the same with `_reverse`.
 *
 * @throws option: a bad size or option. shape: inputs of other sizes.
 * @see Hochreiter and Schmidhuber, "Long short-term memory" (1997); Gers et al., "Learning to forget" (2000).
 * @example
 * ```ts
 * import { nn, random, ready, zeros } from '@parsimony/core';
 * await ready();
 * const lstm = new nn.LSTM(4, 8, { numLayers: 2, bidirectional: true, batchFirst: true }).init(random.key(0));
 * const { output, cn } = lstm.forward(zeros([3, 5, 4]));
 * output.shape; // => [3, 5, 16]
 * cn.shape; // => [4, 3, 8]
 * ```
 */
export class LSTM extends Recurrent<LstmInputs, LstmOutput> {
  constructor(inputSize: number, hiddenSize: number, options: RecurrentOptions = {}) {
    super('LSTM', 4, inputSize, hiddenSize, options);
  }

  protected compute(inputs: Tensor | LstmInputs, ctx: ForwardContext): LstmOutput {
    const { x, h0, c0 } = inputsOf<LstmInputs>('LSTM', inputs, ['h0', 'c0']) as LstmInputs;
    const { output, last: [hn, cn] } = this.run(x, [h0, c0], ctx);
    return { output, hn: hn as Tensor, cn: cn as Tensor };
  }

  protected step(fromInput: Tensor, fromState: Tensor, [, c]: readonly Tensor[]): readonly Tensor[] {
    const [i, f, g, o] = chunk(add(fromInput, fromState), 4, 1) as [Tensor, Tensor, Tensor, Tensor];
    const cell = add(mul(sigmoid(f), c as Tensor), mul(sigmoid(i), tanh(g)));
    return [mul(sigmoid(o), tanh(cell)), cell];
  }
}
