export { adasyn, drawAdasyn } from './adasyn';
export { borderlineSmote, type BorderlineSmoteOptions, drawBorderlineSmote } from './borderline-smote';
export type { Sampling } from './sampling';
export { drawSmote, smote, type SmoteOptions } from './smote';
export { applySynthesis, type Oversampled, type SynthesisPlan } from './synthesis';
export type { ColumnKind, Table } from './table';
