export type {
  AnyPlugin, Claims, EvalContext, EvalResult, Finding, FitContext, GradContext, Grads, HistoryRow, Hook, HookName, HookOrder, Hooks, HookSignatures,
  LossContext, MicroContext, ParamGroup, Plan, Plugin, PluginApiMap, PluginInfo, PluginKey, PluginName, Slot, State, StepContext, StepEndContext, WriteMode,
} from './contract';
export { contractVersion, definePlugin } from './define-plugin';
export { createPlan, type PlanSettings } from './plan/plan';
