/** Gradient checks of activations, on both sides of their kinks. */
import { ops, type Tensor } from '../../index';
import { apart, type GradientCase, gradientCase } from './case';

const unary = (name: string, op: (x: Tensor) => Tensor): GradientCase => gradientCase(name, { x: apart(40) }, ({ x }) => op(x));

export const activationCases: readonly GradientCase[] = [
  unary('relu', ops.relu),
  unary('relu6', (x) => ops.square(ops.relu6(ops.mul(x, 3)))),
  unary('leakyRelu', (x) => ops.square(ops.leakyRelu(x, { negativeSlope: 0.2 }))),
  unary('elu', (x) => ops.elu(x, { alpha: 0.7 })),
  unary('selu', ops.selu),
  unary('gelu', ops.gelu),
  unary('gelu: tanh', (x) => ops.gelu(x, { approximate: 'tanh' })),
  unary('silu', ops.silu),
  unary('mish', ops.mish),
  unary('softplus', ops.softplus),
  unary('softplus: beta', (x) => ops.softplus(x, { beta: 2 })),
  unary('sigmoid', ops.sigmoid),
  unary('logSigmoid', ops.logSigmoid),
  unary('hardSigmoid', (x) => ops.square(ops.hardSigmoid(x))),
  unary('hardSwish', ops.hardSwish),
  unary('hardtanh', (x) => ops.square(ops.hardtanh(x, { minVal: -0.7, maxVal: 1.2 }))),
  unary('softsign', ops.softsign),
];
