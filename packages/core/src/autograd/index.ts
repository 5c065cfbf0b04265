export { customGradient, detach } from './custom';
export { grad, valueAndGrad, type ValueAndGrad } from './grad';
export { type Gradient, noGrad } from './tape';
export type { Tree } from './tree';
