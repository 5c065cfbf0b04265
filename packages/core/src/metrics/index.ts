export { accuracy, type AccuracyOptions } from './accuracy';
export type { Metric } from './metric';
