/** Axes joined into one. */
import { checkNumber, checkOptions } from '../options';
import { flatten } from '../ops/flatten';
import type { Tensor } from '../tensor/tensor';
import { Module } from './module';

export interface FlattenOptions {
  /** First axis joined. Default 1: the batch stays. */
  readonly startAxis?: number;
  /** Last axis joined. Default -1. */
  readonly endAxis?: number;
}

/**
 * [N, C, H, W] as [N, C H W]: the axes from `startAxis` to `endAxis` become one.
 *
 * @throws option: a bad or unknown option. shape: an axis that the input does not have.
 * @example
 * ```ts
 * import { nn, ready, zeros } from '@parsimony/core';
 * await ready();
 * new nn.Flatten().forward(zeros([2, 3, 4, 5])).shape; // => [2, 60]
 * ```
 */
export class Flatten extends Module {
  readonly startAxis: number;
  readonly endAxis: number;

  constructor(options: FlattenOptions = {}) {
    super();
    checkOptions('Flatten', options, ['startAxis', 'endAxis']);
    this.startAxis = checkNumber('Flatten', 'startAxis', options.startAxis ?? 1, { integer: true });
    this.endAxis = checkNumber('Flatten', 'endAxis', options.endAxis ?? -1, { integer: true });
  }

  protected compute(x: Tensor): Tensor { return flatten(x, this.startAxis, this.endAxis); }
}
