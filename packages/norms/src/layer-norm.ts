/** Layer normalization lives in core, because its transformer layers use it; it is a norm like the others to who looks here. */
import { nn } from '@parsimony/core';

export const LayerNorm: typeof nn.LayerNorm = nn.LayerNorm;
export type LayerNorm = nn.LayerNorm;
export type LayerNormOptions = nn.LayerNormOptions;
