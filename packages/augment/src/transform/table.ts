/** The combinators by name. */
import { compose } from './compose';
import { randomApply } from './random-apply';
import { randomChoice } from './random-choice';
import { randomOrder } from './random-order';

export const combinatorTable = { Compose: compose, RandomApply: randomApply, RandomChoice: randomChoice, RandomOrder: randomOrder };
