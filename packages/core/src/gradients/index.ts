/** The gradient rules by op name. 'none': the op's outputs do not depend smoothly on its inputs. */
import type { GradientTable } from '../autograd/tape';
import { addGradient } from './add';

export const gradients: GradientTable = {
  add: addGradient,
};
