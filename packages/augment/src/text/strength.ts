/** How many words of a text change. */
import { checkNumber } from '@parsimony/core';

/** alpha, the share of words that changes, in [0, 1]; default 0.1. */
export const checkAlpha = (where: string, alpha: unknown = 0.1): number => checkNumber(where, 'alpha', alpha, { min: 0, max: 1 });

/** n = max(1, floor(alpha L)) of L words; 0 where alpha is. */
export const editsOf = (alpha: number, words: number): number => (alpha === 0 || words === 0 ? 0 : Math.max(1, Math.floor(alpha * words)));
