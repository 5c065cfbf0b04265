export { referenceExecutor, useReference } from './executor';
export { philoxReference } from './philox';
export { erf } from './special';
