/** What RNN, LSTM and GRU share: layers, directions, the walk over time, PyTorch's names and layouts. */
import { fail } from '../errors';
import { checkBoolean, checkFunction, checkNumber, checkOptions } from '../options';
import { broadcastTo } from '../ops/broadcast-to';
import { concat } from '../ops/concat';
import { asTensor, constantLike, expectDType } from '../ops/convert';
import { dropout } from '../ops/dropout';
import { linear } from '../ops/linear';
import { reshape } from '../ops/reshape';
import { split } from '../ops/split';
import { squeeze } from '../ops/squeeze';
import { stack } from '../ops/stack';
import { transpose } from '../ops/transpose';
import { unsqueeze } from '../ops/unsqueeze';
import type { Schedule } from '../schedules/kind';
import { type Strength, strength } from '../schedules/strength';
import { isTensor } from '../tensor/find';
import { sameShape, showShape } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import type { ForwardContext } from '../types';
import { symmetric } from './init';
import { Module } from './module';
import { dropsWithin, type ModuleTraits } from './traits';

export interface RecurrentOptions {
  /** Layers, each reading the one below. Default 1. */
  readonly numLayers?: number;
  /** Learn biases. Default true. */
  readonly bias?: boolean;
  /** Sequences are [N, L, ...] rather than [L, N, ...]. Default false, as in PyTorch. */
  readonly batchFirst?: boolean;
  /** Probability to drop the outputs of each layer but the last in training, in [0, 1]: a number or a schedule. Default 0. */
  readonly dropout?: Schedule;
  /** A second walk from the end, its outputs beside those of the first. Default false. */
  readonly bidirectional?: boolean;
}

export const recurrentOptions = ['numLayers', 'bias', 'batchFirst', 'dropout', 'bidirectional'] as const;

/** What a step's new states become, h first, from them and those before; see `addStateRule`. */
export type StateRule = (next: readonly Tensor[], previous: readonly Tensor[], ctx: ForwardContext) => readonly Tensor[];

/** Weights and biases of one layer and direction. */
interface Cell { readonly wIh: Tensor; readonly wHh: Tensor; readonly bIh: Tensor | null; readonly bHh: Tensor | null }

export abstract class Recurrent<I, O> extends Module<Tensor | I, O> {
  readonly numLayers: number;
  readonly batchFirst: boolean;
  readonly bidirectional: boolean;
  override readonly traits: ModuleTraits;
  readonly #bias: boolean;
  readonly #stateRules: StateRule[] = [];
  #dropout: Strength;

  /** `gates`: rows of the weights in units of the hidden size. */
  constructor(private readonly where: string, gates: number, readonly inputSize: number, readonly hiddenSize: number, options: RecurrentOptions) {
    super();
    checkOptions(where, options, recurrentOptions);
    checkNumber(where, 'inputSize', inputSize, { min: 1, integer: true });
    checkNumber(where, 'hiddenSize', hiddenSize, { min: 1, integer: true });
    this.numLayers = checkNumber(where, 'numLayers', options.numLayers ?? 1, { min: 1, integer: true });
    this.#bias = checkBoolean(where, 'bias', options.bias ?? true);
    this.batchFirst = checkBoolean(where, 'batchFirst', options.batchFirst ?? false);
    this.bidirectional = checkBoolean(where, 'bidirectional', options.bidirectional ?? false);
    this.#dropout = this.#rate(options.dropout ?? 0);
    this.traits = { recurrent: true, ...(this.numLayers > 1 && { drops: dropsWithin(() => this.dropout) }) };
    const initial = symmetric(1 / Math.sqrt(hiddenSize));
    for (const { suffix, layer } of this.#cells()) {
      const width = layer === 0 ? inputSize : hiddenSize * this.#directions;
      this.parameter(`weight_ih_${suffix}`, [gates * hiddenSize, width], initial);
      this.parameter(`weight_hh_${suffix}`, [gates * hiddenSize, hiddenSize], initial);
      if (!this.#bias) continue;
      this.parameter(`bias_ih_${suffix}`, [gates * hiddenSize], initial);
      this.parameter(`bias_hh_${suffix}`, [gates * hiddenSize], initial);
    }
  }

  /** Probability to drop the outputs of each layer but the last. It may be set, from the next forward on. */
  get dropout(): Schedule { return this.#dropout.schedule; }
  set dropout(value: Schedule) { this.#dropout = this.#rate(value); }

  #rate(value: Schedule): Strength {
    const rate = strength(this.where, 'dropout', value, { min: 0, max: 1 });
    if (rate.schedule === 0 || this.numLayers > 1) return rate;
    return fail('option', `${this.where}: \`dropout\` acts between layers, and there is only one. Set \`numLayers\`, or put a dropout layer behind.`);
  }

  /** One step: from W_ih x + b_ih and W_hh h + b_hh, both [N, gates hidden], and the state to the next state, h first. */
  protected abstract step(fromInput: Tensor, fromState: Tensor, state: readonly Tensor[]): readonly Tensor[];

  /** From now on the states of every step, in all layers and directions, go through `rule`: zoneout. Several compose in order. */
  addStateRule(rule: StateRule): void {
    checkFunction(this.where, 'rule', rule);
    this.#stateRules.push(rule);
  }

  get #directions(): number { return this.bidirectional ? 2 : 1; }

  #cells(): { readonly suffix: string; readonly layer: number }[] {
    return Array.from({ length: this.numLayers }, (_, layer) => layer)
      .flatMap((layer) => (this.bidirectional ? [`l${layer}`, `l${layer}_reverse`] : [`l${layer}`]).map((suffix) => ({ suffix, layer })));
  }

  #cell(suffix: string, ctx: ForwardContext): Cell {
    const bias = (name: string): Tensor | null => (this.#bias ? this.param(`${name}_${suffix}`, ctx) : null);
    return { wIh: this.param(`weight_ih_${suffix}`, ctx), wHh: this.param(`weight_hh_${suffix}`, ctx), bIh: bias('bias_ih'), bHh: bias('bias_hh') };
  }

  /** The whole walk: the outputs in the input's layout, and the last states [layers directions, N, hidden]. */
  protected run(x: Tensor, initial: readonly (Tensor | undefined)[], ctx: ForwardContext): { readonly output: Tensor; readonly last: readonly Tensor[] } {
    this.#checkInput(x);
    const single = x.rank === 2;
    let sequence = single ? unsqueeze(x, 1) : this.batchFirst ? transpose(x, 0, 1) : x;
    const batch = sequence.shape[1] ?? 1;
    const starts = initial.map((state, k) => this.#initialStates(x, state && single ? unsqueeze(state, 1) : state, batch, 'hc'[k] ?? 'h'));
    const p = ctx.mode === 'train' ? this.#dropout.at(ctx) : 0;
    const last: (readonly Tensor[])[] = [];
    for (let layer = 0; layer < this.numLayers; layer++) {
      const outputs: Tensor[] = [];
      for (let direction = 0; direction < this.#directions; direction++) {
        const cell = this.#cell(`l${layer}${direction === 1 ? '_reverse' : ''}`, ctx);
        const walked = this.#walk(sequence, starts.map((all) => all[last.length] as Tensor), cell, direction === 1, ctx);
        outputs.push(walked.output);
        last.push(walked.state);
      }
      sequence = outputs.length === 1 ? outputs[0] as Tensor : concat(outputs, 2);
      if (p > 0 && layer < this.numLayers - 1) sequence = dropout(sequence, p, ctx.key(`dropout${layer}`));
    }
    const output = single ? squeeze(sequence, 1) : this.batchFirst ? transpose(sequence, 0, 1) : sequence;
    const ends = starts.map((_, k) => stack(last.map((state) => state[k] as Tensor)));
    return { output, last: single ? ends.map((end) => squeeze(end, 1)) : ends };
  }

  #walk(sequence: Tensor, initial: readonly Tensor[], { wIh, wHh, bIh, bHh }: Cell, backwards: boolean, ctx: ForwardContext): { readonly output: Tensor; readonly state: readonly Tensor[] } {
    // The inputs of all steps in one product; only the state's part has to wait for the step before.
    const steps = split(linear(sequence, wIh, bIh), 1, 0).map((part) => reshape(part, part.shape.slice(1)));
    const outputs = new Array<Tensor>(steps.length);
    let state = initial;
    for (let i = 0; i < steps.length; i++) {
      const t = backwards ? steps.length - 1 - i : i;
      const previous = state;
      const next = this.step(steps[t] as Tensor, linear(state[0] as Tensor, wHh, bHh), state);
      state = this.#stateRules.reduce((states, rule) => rule(states, previous, ctx), next);
      outputs[t] = state[0] as Tensor;
    }
    return { output: stack(outputs), state };
  }

  #initialStates(x: Tensor, given: Tensor | undefined, batch: number, name: string): Tensor[] {
    const count = this.numLayers * this.#directions;
    const shape = [batch, this.hiddenSize];
    if (!given) return new Array<Tensor>(count).fill(broadcastTo(constantLike(x, 0), shape));
    expectDType(this.where, `${name}0`, asTensor(this.where, `${name}0`, given), 'float32');
    if (!sameShape(given.shape, [count, ...shape])) {
      const expected = x.rank === 2 ? [count, this.hiddenSize] : [count, ...shape];
      fail('shape', `${this.where}: \`${name}0\` must be ${showShape(expected)}, one state a layer and direction, received ${showShape(x.rank === 2 ? [given.shape[0] ?? 0, ...given.shape.slice(2)] : given.shape)}.`);
    }
    return split(given, 1, 0).map((part) => reshape(part, shape));
  }

  #checkInput(x: Tensor): void {
    expectDType(this.where, 'x', asTensor(this.where, 'x', x), 'float32');
    const time = x.rank === 3 && this.batchFirst ? 1 : 0;
    if ((x.rank === 2 || x.rank === 3) && x.shape[x.rank - 1] === this.inputSize && x.shape[time] !== 0) return;
    const expected = this.batchFirst ? `[N, L, ${this.inputSize}]` : `[L, N, ${this.inputSize}]`;
    fail('shape', `${this.where}: \`x\` must be ${expected}, or [L, ${this.inputSize}] for one sample, with L of at least 1, received ${showShape(x.shape)}.`);
  }
}

/** What `forward` was given, as an object. */
export function inputsOf<T extends { readonly x: Tensor }>(where: string, inputs: Tensor | T, known: readonly string[]): T | { readonly x: Tensor } {
  if (isTensor(inputs)) return { x: inputs };
  checkOptions(`${where}.forward`, inputs, ['x', ...known]);
  return inputs;
}
