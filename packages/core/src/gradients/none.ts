/** Ops whose outputs are flat, whole or truth values: no gradient flows through them. */
import type { GradientTable } from '../autograd/tape';

const names = [
  'equal', 'notEqual', 'less', 'lessEqual', 'greater', 'greaterEqual', 'logicalAnd', 'logicalOr', 'logicalXor', 'logicalNot',
  'isNaN', 'isFinite', 'castToFloat', 'castToInt', 'castToBool', 'sign', 'floor', 'ceil', 'round', 'trunc', 'argReduce',
  'stopGradient',
];

export const noGradients: GradientTable = Object.fromEntries(names.map((name) => [name, 'none' as const]));
