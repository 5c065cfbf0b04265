export { accuracy, type AccuracyOptions } from './accuracy';
export { brierScore } from './brier-score';
export type { ClassMetricOptions } from './classes';
export { expectedCalibrationError, type ExpectedCalibrationErrorOptions } from './expected-calibration-error';
export type { Metric } from './metric';
