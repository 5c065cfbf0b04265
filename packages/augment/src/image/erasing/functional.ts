export { erase } from './erase';
