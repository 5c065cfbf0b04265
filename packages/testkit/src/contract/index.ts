export { moduleContract, type ModuleContract } from './module-contract';
export { pluginContract, type PluginContract } from './plugin-contract';
