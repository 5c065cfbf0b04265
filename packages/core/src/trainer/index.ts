export type {
  AnyPlugin, Claims, EvalContext, EvalResult, Finding, FitContext, GradContext, Grads, HistoryRow, Hook, HookName, HookOrder, Hooks, HookSignatures,
  LossContext, MicroContext, ParamGroup, Plan, PlanSettings, Plugin, PluginApiMap, PluginInfo, PluginKey, PluginName, Slot, State, StepContext, StepEndContext, WriteMode,
} from './contract';
export { contractVersion, definePlugin } from './define-plugin';
export { type CheckpointSource, loadCheckpoint } from './checkpoint/files';
export type { BestRule, CheckpointOptions, KeepBest } from './checkpoint/options';
export type { ProgressEvent, ProgressListener } from './events';
export type { FitResult } from './fit';
export type { EvaluateOptions, FitOptions, TrainerOptions } from './options';
export type { BatchStatistics } from './parts/pieces';
export type { TrainerFactory } from './replicas/options';
export { createPlan } from './plan/plan';
export type { FitSettings, FitSnapshot, PluginSnapshot } from './snapshot';
export { type EvaluationResult, Trainer } from './trainer';
