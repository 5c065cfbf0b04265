export type { ClassLossOptions } from './class-loss';
export { focalLoss, type FocalLossOptions } from './focal-loss';
export { labelSmoothing, type LabelSmoothingOptions } from './label-smoothing';
export { polyLoss, type PolyLossOptions } from './poly-loss';
export { sigmoidFocalLoss, type SigmoidFocalLossOptions } from './sigmoid-focal-loss';
export { smoothBinaryTargets, type SmoothBinaryTargetsOptions } from './smooth-binary-targets';
export { smoothLabels, type SmoothLabelsOptions } from './smooth-labels';
export { type Answer, reliability, type Reliability, type ReliabilityBin, reliabilityOf, type ReliabilityOptions } from './reliability';
export { reliabilitySvg, type ReliabilitySvgOptions } from './reliability-svg';
