/** Layer normalization lives in core, because its transformer layers use it; it is a norm like the others to who looks here. */
import { nn } from '@parsimony/core';

/** y = (x - mean) / sqrt(variance + eps) * weight + bias over the last axes of each sample: core's `nn.LayerNorm`. */
export const LayerNorm: typeof nn.LayerNorm = nn.LayerNorm;
export type LayerNorm = nn.LayerNorm;
export type LayerNormOptions = nn.LayerNormOptions;
