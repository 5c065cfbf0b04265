/** Running statistics gathered anew. Lives in core, beside the contexts it works by; here it is among the norms. */
import { nn } from '@parsimony/core';

export const updateBatchNorm: typeof nn.updateBatchNorm = nn.updateBatchNorm;
export type UpdateBatchNormOptions = nn.UpdateBatchNormOptions;
