export { labelSmoothing, type LabelSmoothingOptions } from './label-smoothing';
export { smoothLabels, type SmoothLabelsOptions } from './smooth-labels';
