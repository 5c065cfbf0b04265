export * from './elementwise';
export * from './structured';
