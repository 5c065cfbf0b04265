export * from './image';
export * from './mix';
