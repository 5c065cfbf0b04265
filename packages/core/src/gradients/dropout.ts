import type { Gradient } from '../autograd/tape';
import { dropoutKernel } from '../ops/dropout';

/** Linear with the same mask both ways; the mask is drawn again instead of stored. */
export const dropoutGradient: Gradient = ({ scalars }, [dy]) => (dy ? [dropoutKernel(dy, scalars)] : []);
