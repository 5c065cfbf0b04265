export { difference, expectClose, type ClosenessOptions, type Numbers } from './closeness';
export { decodeFixture, fixture, type Fixture, type FixtureArray, toTensor } from './fixture';
export { gradientCheck, type GradientCheckOptions, type GradientCheckResult } from './gradient-check';
export { correlation, expectDropRate, expectMoments, expectUncorrelated, type Moments, type ZOptions } from './moments';
export type { Check } from './check';
export * from './parity';
export * from './reference';
export { type HostTensor, type KernelRun, runKernel, type RunKernelOptions } from './run-kernel';
export { sample } from './sample';
