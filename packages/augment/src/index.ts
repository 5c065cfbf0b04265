export * from './audio';
export * from './image';
export * from './mix';
export * from './tabular';
export * from './text';
