export { moduleContract, type ModuleContract } from './module-contract';
