export { add } from './add';
export { cast } from './convert';
