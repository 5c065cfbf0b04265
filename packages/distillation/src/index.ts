export { attentionLoss, type AttentionLossOptions } from './attention-loss';
export { correlationLoss, type CorrelationLossOptions } from './correlation-loss';
export { decoupledLoss, type DecoupledLossOptions } from './decoupled-loss';
export { distillation, type DistillationOptions, type Teacher } from './distillation';
export { distillationLoss, type DistillationLossOptions } from './distillation-loss';
export { hintLoss } from './hint-loss';
export { relationalLoss, type RelationalLossOptions } from './relational-loss';
export { similarityLoss } from './similarity-loss';
