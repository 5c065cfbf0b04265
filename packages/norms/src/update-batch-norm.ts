/** Running statistics gathered anew. Lives in core, beside the contexts it works by; here it is among the norms. */
import { nn } from '@parsimony/core';

/** Gathers the running statistics of batch norms anew, for weights that were never trained with: core's `nn.updateBatchNorm`. */
export const updateBatchNorm: typeof nn.updateBatchNorm = nn.updateBatchNorm;
export type UpdateBatchNormOptions = nn.UpdateBatchNormOptions;
