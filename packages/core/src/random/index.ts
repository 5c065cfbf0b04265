export { beta } from './beta';
export { bernoulli, bits, integers, normal, type NormalOptions, permutation, uniform, type UniformOptions } from './draw';
export { at, type DrawPosition, foldIn, key, type RngKey } from './key';
export { philox } from './philox';
