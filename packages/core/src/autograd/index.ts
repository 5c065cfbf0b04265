export { customGradient, detach } from './custom';
export { grad, valueAndGrad, type ValueAndGrad } from './grad';
export { type Gradient, type GradientTable, noGrad, recording, type TapeNode } from './tape';
export type { Tree } from './tree';
