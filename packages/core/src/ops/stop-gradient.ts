/** A constant for the gradients of composite ops. */
import type { Tensor } from '../tensor/tensor';
import { view } from './dispatch';

/** The same values, through which no gradient flows. For programs there is `detach`. */
export const stopGradient = (x: Tensor): Tensor => view('stopGradient', x, x.shape);
