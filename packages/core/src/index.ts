export { grad, valueAndGrad, type ValueAndGrad, type Gradient, type Tree, customGradient, detach, noGrad } from './autograd';
export { backendInfo, type BackendChoice, type NamedBackendOptions, ready, registerBackend, useBackend } from './backends/registry';
export { wasmWorkerSource, type WasmOptions } from './backends/wasm';
export type { Attrs, BackendInfo, Command, Executor, StorageHandle, TensorRef } from './backends/executor';
export * from './checkpoint';
export * from './collective';
export * from './data';
export { ParsimonyError, type ErrorCode, fail, show } from './errors';
export { elementwiseRow, elementwiseRows, type ElementwiseRow, type StructuredKernel, type StructuredKernels, structuredKernels } from './kernels';
export { globMatch } from './glob';
export { checkBoolean, checkChoice, checkFunction, checkNumber, checkOptions, type NumberRange } from './options';
export { isNode, nodeModule } from './node-module';
export { replaceFile } from './replace-file';
export * as losses from './losses';
export * as ops from './ops';
export * as optim from './optim';
export {
  arange, broadcastShapes, broadcastStrides, checkTensor, checkTensors, type DType, eye, full, isTensor, keep, memory, ones, type Scalar, scalar, scope, type Shape, showShape, Tensor, tensor,
  type TensorData, zeros,
} from './tensor';
export * as metrics from './metrics';
export * as nn from './nn';
export { inference, type InferenceOptions, Pass, training, type TrainingOptions } from './nn/context';
export * as random from './random';
export type { RngKey } from './random/key';
export * as schedules from './schedules';
export type { Progress, Schedule, ScheduleKind } from './schedules/kind';
export { checkSchedule, defineSchedule, evaluateSchedule } from './schedules/schedule';
export { strength, type Strength } from './schedules/strength';
export type {
  Batch, ForwardContext, Inputs, Json, Loss, LossFunction, LossTerm, Mode, Outputs, Params, Target, Weights,
} from './types';
export * from './trainer';
