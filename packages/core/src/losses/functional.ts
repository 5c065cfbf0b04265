/** The losses as functions of an input and a target, with PyTorch's `reduction`. */
export { bceFunction as bce } from './bce';
export { bceWithLogitsFunction as bceWithLogits } from './bce-with-logits';
export { crossEntropyFunction as crossEntropy } from './cross-entropy';
export { huberFunction as huber } from './huber';
export { klDivFunction as klDiv } from './kl-div';
export { l1Function as l1 } from './l1';
export { mseFunction as mse } from './mse';
export { nllFunction as nll } from './nll';
export { smoothL1Function as smoothL1 } from './smooth-l1';
