/** The hooks in the order of a fit, and which of them can write a slot. */
import type { HookName, Slot } from './contract';

export const hookNames: readonly HookName[] = [
  'transformModel', 'collectParamGroups', 'fitStart', 'epochStart', 'stepStart', 'transformBatch', 'microbatchStart',
  'aroundForward', 'transformActivation', 'transformTargets', 'collectLossTerms', 'transformLoss', 'microbatchEnd',
  'transformGrads', 'aroundOptimStep', 'transformParams', 'stepEnd', 'aroundEval', 'evalEnd', 'epochEnd', 'fitEnd',
];

/** Where plugins that write a slot can meet. Slots without hooks are written through the context. */
export const slotHooks: Readonly<Record<Slot, readonly HookName[]>> = {
  'model': ['transformModel'],
  // A plugin around the forward may hand it another batch, always behind what transformed the batch.
  'batch.inputs': ['transformBatch', 'aroundForward'],
  'batch.views': ['transformBatch'],
  'targets': ['transformBatch', 'transformTargets'],
  'forward': ['aroundForward'],
  'activations': ['transformActivation'],
  'loss': ['collectLossTerms', 'transformLoss'],
  'grads': ['transformGrads'],
  'optim.step': ['aroundOptimStep'],
  'params': ['transformParams'],
  'params.decay': ['collectParamGroups'],
  'lr': [],
  'eval.weights': ['aroundEval'],
  'kept.weights': [],
};

export const slots = Object.keys(slotHooks) as readonly Slot[];
