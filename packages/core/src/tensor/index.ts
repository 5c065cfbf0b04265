export * from './check';
export * from './create';
export * from './dtype';
export * from './find';
export * from './scope';
export * from './shape';
export * from './tensor';
