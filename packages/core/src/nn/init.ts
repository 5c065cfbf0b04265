/**
 * Initializers: functions from a shape and a key to the first values of a parameter. Weights are [out, in, ...kernel], as
 * PyTorch's; fan in and fan out count accordingly.
 */
import { checkChoice, checkNumber, checkOptions } from '../options';
import { normal as drawNormal, uniform as drawUniform } from '../random/draw';
import { type Shape, sizeOf } from '../tensor/shape';
import type { Initializer } from './parametrization';

/** Every element `value`. */
export const constant = (value: number): Initializer => (shape) => new Float32Array(sizeOf(shape)).fill(value);
/** Every element 0. */
export const zeros: Initializer = constant(0);
/** Every element 1. */
export const ones: Initializer = constant(1);

/** Uniform in [low, high). Defaults 0 and 1. */
export function uniform(options: { readonly low?: number; readonly high?: number } = {}): Initializer {
  checkOptions('init.uniform', options, ['low', 'high']);
  return (shape, key) => drawUniform(key, sizeOf(shape), options);
}

/** N(mean, std^2). Defaults 0 and 1. */
export function normal(options: { readonly mean?: number; readonly std?: number } = {}): Initializer {
  checkOptions('init.normal', options, ['mean', 'std']);
  return (shape, key) => drawNormal(key, sizeOf(shape), options);
}

/** Uniform in [-bound, bound); all 0 where the bound is. */
export const symmetric = (bound: number): Initializer => (bound > 0 ? uniform({ low: -bound, high: bound }) : zeros);

/** [fan in, fan out] of a weight [out, in, ...kernel]. */
export function fans(shape: Shape): [fanIn: number, fanOut: number] {
  const kernel = sizeOf(shape.slice(2));
  return [(shape[1] ?? shape[0] ?? 1) * kernel, (shape[0] ?? 1) * kernel];
}

export interface XavierOptions {
  /** Factor of the deviation. Default 1. */
  readonly gain?: number;
}

const xavierStd = (where: string, options: XavierOptions): (shape: Shape) => number => {
  checkOptions(where, options, ['gain']);
  const gain = checkNumber(where, 'gain', options.gain ?? 1, { min: 0 });
  return (shape) => gain * Math.sqrt(2 / (fans(shape)[0] + fans(shape)[1]));
};

/** Uniform with variance 2 gain^2 / (fan in + fan out). Glorot and Bengio (2010). */
export function xavierUniform(options: XavierOptions = {}): Initializer {
  const std = xavierStd('init.xavierUniform', options);
  return (shape, key) => symmetric(Math.sqrt(3) * std(shape))(shape, key);
}

/** Normal with variance 2 gain^2 / (fan in + fan out). Glorot and Bengio (2010). */
export function xavierNormal(options: XavierOptions = {}): Initializer {
  const std = xavierStd('init.xavierNormal', options);
  return (shape, key) => normal({ std: std(shape) })(shape, key);
}

export interface KaimingOptions {
  /** Negative slope of the leaky ReLU behind: 0 for ReLU. Default 0. */
  readonly a?: number;
  /** Keep the variance of the forward pass or of the backward pass. Default 'fanIn'. */
  readonly mode?: 'fanIn' | 'fanOut';
}

const kaimingStd = (where: string, options: KaimingOptions): (shape: Shape) => number => {
  checkOptions(where, options, ['a', 'mode']);
  const a = checkNumber(where, 'a', options.a ?? 0);
  const mode = checkChoice(where, 'mode', options.mode ?? 'fanIn', ['fanIn', 'fanOut']);
  return (shape) => Math.sqrt(2 / ((1 + a * a) * fans(shape)[mode === 'fanIn' ? 0 : 1]));
};

/** Uniform with variance 2 / ((1 + a^2) fan). He et al., arXiv:1502.01852. */
export function kaimingUniform(options: KaimingOptions = {}): Initializer {
  const std = kaimingStd('init.kaimingUniform', options);
  return (shape, key) => symmetric(Math.sqrt(3) * std(shape))(shape, key);
}

/** Normal with variance 2 / ((1 + a^2) fan). He et al., arXiv:1502.01852. */
export function kaimingNormal(options: KaimingOptions = {}): Initializer {
  const std = kaimingStd('init.kaimingNormal', options);
  return (shape, key) => normal({ std: std(shape) })(shape, key);
}

/** What PyTorch gives weights of linear and convolution layers: uniform within 1 / sqrt(fan in). */
export const defaultWeight: Initializer = kaimingUniform({ a: Math.sqrt(5) });

/** What PyTorch gives the biases that belong to such a weight. */
export const defaultBias = (weight: Shape): Initializer => symmetric(1 / Math.sqrt(fans(weight)[0]));
