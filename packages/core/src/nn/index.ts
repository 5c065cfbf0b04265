export { isModule, type Initializer, Module, type Parametrization } from './module';
export { parametrize } from './parametrize';
export type { ModuleTraits } from './traits';
export { holdWeights, packWeights, unpackWeights } from './weights';
