import { type Check, warning } from './check';
import { layersOf } from './flow';

/** Stochastic depth where no path leads around the block (Huang et al., arXiv:1603.09382). */
export const pathWithoutResidual: Check = ({ model }) => layersOf(model).flatMap(({ label, traits, bag, branches }) =>
  traits.drops?.unit === 'path' && traits.drops.p !== 0 && bag === undefined && branches.length === 0
    ? [warning('path-without-residual', `${label} drops the whole output of a sample, and no residual path leads around it: a dropped sample loses everything (arXiv:1603.09382 drops residual branches).`, 'Put it at the end of the body of `nn.Residual`.')]
    : []);
