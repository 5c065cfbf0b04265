export { type Cifar10Batch, cifar10Classes, type Cifar10Options, loadCifar10, parseCifar10 } from './cifar10';
export * from './csv';
export { type IdxArray, type IdxData, parseIdx, type ParseIdxOptions } from './idx';
export { loadIdxFolder, type SplitOptions, type Splits } from './idx-folder';
export { loadMnist, type MnistOptions } from './mnist';
export * from './wav';
