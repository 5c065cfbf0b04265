/** The simple recurrent network. */
import { checkChoice, checkOptions } from '../options';
import { add } from '../ops/add';
import { relu } from '../ops/relu';
import { tanh } from '../ops/tanh';
import type { Tensor } from '../tensor/tensor';
import type { ForwardContext } from '../types';
import { inputsOf, Recurrent, recurrentOptions, type RecurrentOptions } from './recurrent';

export interface RnnOptions extends RecurrentOptions {
  /** Default 'tanh'. */
  readonly nonlinearity?: 'tanh' | 'relu';
}

export interface RnnInputs {
  /** [L, N, inputSize]; [N, L, inputSize] with `batchFirst`; or [L, inputSize] for one sample. */
  readonly x: Tensor;
  /** [numLayers directions, N, hiddenSize]. Default: zeros. */
  readonly h0?: Tensor;
}

export interface RnnOutput {
  /** The states of the last layer at every step: [L, N, directions hiddenSize], in the input's layout. */
  readonly output: Tensor;
  /** The states of every layer after its last step: [numLayers directions, N, hiddenSize]. */
  readonly hn: Tensor;
}

/**
 * h_t = tanh(W_ih x_t + b_ih + W_hh h_(t-1) + b_hh). `forward` takes a tensor or `{ x, h0 }` and gives `{ output, hn }`.
 *
 * State, for layer k: `weight_ih_lk` [H, in], `weight_hh_lk` [H, H], `bias_ih_lk`, `bias_hh_lk` [H], and the same with `_reverse`; all
 * uniform within 1 / sqrt(H) at first.
 *
 * @throws option: a bad size or option. shape: inputs of other sizes.
 * @see Elman, "Finding structure in time" (1990).
 * @example
 * ```ts
 * import { nn, random, ready, zeros } from '@parsimony/core';
 * await ready();
 * const { output, hn } = new nn.RNN(4, 8).init(random.key(0)).forward(zeros([5, 3, 4]));
 * output.shape; // => [5, 3, 8]
 * hn.shape; // => [1, 3, 8]
 * ```
 */
export class RNN extends Recurrent<RnnInputs, RnnOutput> {
  readonly #activation: (x: Tensor) => Tensor;

  constructor(inputSize: number, hiddenSize: number, options: RnnOptions = {}) {
    checkOptions('RNN', options, [...recurrentOptions, 'nonlinearity']);
    const { nonlinearity = 'tanh', ...shared } = options;
    super('RNN', 1, inputSize, hiddenSize, shared);
    this.#activation = checkChoice('RNN', 'nonlinearity', nonlinearity, ['tanh', 'relu']) === 'tanh' ? tanh : relu;
  }

  protected compute(inputs: Tensor | RnnInputs, ctx: ForwardContext): RnnOutput {
    const { x, h0 } = inputsOf<RnnInputs>('RNN', inputs, ['h0']) as RnnInputs;
    const { output, last: [hn] } = this.run(x, [h0], ctx);
    return { output, hn: hn as Tensor };
  }

  protected step(fromInput: Tensor, fromState: Tensor): readonly Tensor[] {
    return [this.#activation(add(fromInput, fromState))];
  }
}
