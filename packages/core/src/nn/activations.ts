/** Activations as modules, without options. Those with options are in activations-with-options.ts. */
import { hardSigmoid } from '../ops/hard-sigmoid';
import { hardSwish } from '../ops/hard-swish';
import { logSigmoid } from '../ops/log-sigmoid';
import { mish } from '../ops/mish';
import { relu } from '../ops/relu';
import { relu6 } from '../ops/relu6';
import { selu } from '../ops/selu';
import { sigmoid } from '../ops/sigmoid';
import { silu } from '../ops/silu';
import { softsign } from '../ops/softsign';
import { tanh } from '../ops/tanh';
import type { Tensor } from '../tensor/tensor';
import { Module } from './module';

/** @internal An elementwise function as a module. */
export abstract class Activation extends Module {
  override readonly traits = { activation: true } as const;
}

/**
 * min(max(x / 6 + 1 / 2, 0), 1); elementwise. `ops.hardSigmoid`.
 *
 * @example
 * ```ts
 * import { nn, ready, tensor } from '@parsimony/core';
 * await ready();
 * await new nn.Hardsigmoid().forward(tensor([-3, 3])).array(); // => [0, 1]
 * ```
 */
export class Hardsigmoid extends Activation {
  protected compute(x: Tensor): Tensor { return hardSigmoid(x); }
}

/**
 * x min(max(x + 3, 0), 6) / 6; elementwise. `ops.hardSwish`.
 *
 * @example
 * ```ts
 * import { nn, ready, tensor } from '@parsimony/core';
 * await ready();
 * await new nn.Hardswish().forward(tensor([-3, 3])).array(); // => [0, 3]
 * ```
 */
export class Hardswish extends Activation {
  protected compute(x: Tensor): Tensor { return hardSwish(x); }
}

/**
 * log(1 / (1 + exp(-x))); elementwise. `ops.logSigmoid`.
 *
 * @example
 * ```ts
 * import { nn, ready, tensor } from '@parsimony/core';
 * await ready();
 * await new nn.LogSigmoid().forward(tensor([0])).array(); // => [-Math.LN2]
 * ```
 */
export class LogSigmoid extends Activation {
  protected compute(x: Tensor): Tensor { return logSigmoid(x); }
}

/**
 * x tanh(log(1 + exp(x))). Misra, arXiv:1908.08681; elementwise. `ops.mish`.
 *
 * @example
 * ```ts
 * import { nn, ready, tensor } from '@parsimony/core';
 * await ready();
 * await new nn.Mish().forward(tensor([0])).array(); // => [0]
 * ```
 */
export class Mish extends Activation {
  protected compute(x: Tensor): Tensor { return mish(x); }
}

/**
 * max(x, 0); elementwise. `ops.relu`.
 *
 * @example
 * ```ts
 * import { nn, ready, tensor } from '@parsimony/core';
 * await ready();
 * await new nn.ReLU().forward(tensor([-1, 2])).array(); // => [0, 2]
 * ```
 */
export class ReLU extends Activation {
  protected compute(x: Tensor): Tensor { return relu(x); }
}

/**
 * min(max(x, 0), 6); elementwise. `ops.relu6`.
 *
 * @example
 * ```ts
 * import { nn, ready, tensor } from '@parsimony/core';
 * await ready();
 * await new nn.ReLU6().forward(tensor([-1, 8])).array(); // => [0, 6]
 * ```
 */
export class ReLU6 extends Activation {
  protected compute(x: Tensor): Tensor { return relu6(x); }
}

/**
 * 1.0507 (x where x > 0, else 1.6733 (exp(x) - 1)): keeps mean 0 and variance 1. Klambauer et al., arXiv:1706.02515; elementwise. `ops.selu`.
 *
 * @example
 * ```ts
 * import { nn, ready, tensor } from '@parsimony/core';
 * await ready();
 * await new nn.SELU().forward(tensor([0])).array(); // => [0]
 * ```
 */
export class SELU extends Activation {
  protected compute(x: Tensor): Tensor { return selu(x); }
}

/**
 * x sigmoid(x). Elfwing et al., arXiv:1702.03118; elementwise. `ops.silu`.
 *
 * @example
 * ```ts
 * import { nn, ready, tensor } from '@parsimony/core';
 * await ready();
 * await new nn.SiLU().forward(tensor([0])).array(); // => [0]
 * ```
 */
export class SiLU extends Activation {
  protected compute(x: Tensor): Tensor { return silu(x); }
}

/**
 * 1 / (1 + exp(-x)); elementwise. `ops.sigmoid`.
 *
 * @example
 * ```ts
 * import { nn, ready, tensor } from '@parsimony/core';
 * await ready();
 * await new nn.Sigmoid().forward(tensor([0])).array(); // => [0.5]
 * ```
 */
export class Sigmoid extends Activation {
  protected compute(x: Tensor): Tensor { return sigmoid(x); }
}

/**
 * x / (1 + |x|); elementwise. `ops.softsign`.
 *
 * @example
 * ```ts
 * import { nn, ready, tensor } from '@parsimony/core';
 * await ready();
 * await new nn.Softsign().forward(tensor([1])).array(); // => [0.5]
 * ```
 */
export class Softsign extends Activation {
  protected compute(x: Tensor): Tensor { return softsign(x); }
}

/**
 * tanh(x); elementwise. `ops.tanh`.
 *
 * @example
 * ```ts
 * import { nn, ready, tensor } from '@parsimony/core';
 * await ready();
 * await new nn.Tanh().forward(tensor([0])).array(); // => [0]
 * ```
 */
export class Tanh extends Activation {
  protected compute(x: Tensor): Tensor { return tanh(x); }
}
