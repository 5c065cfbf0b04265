export { distillation, type DistillationOptions, type Teacher } from './distillation';
export { distillationLoss, type DistillationLossOptions } from './distillation-loss';
