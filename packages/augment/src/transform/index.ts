export type { Pixels, Scene, Size, Transform } from './transform';
