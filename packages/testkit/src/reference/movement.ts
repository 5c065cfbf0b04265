/** Copies: fill, strided views and their adjoint, concatenation, padding. */
import { at, type Kernels, product, stridesOf, walk } from './kernel';
import { cast } from './storage';

export const movementKernels: Kernels = {
  fill: ({ outputs, scalars }) => {
    const y = at(outputs, 0);
    y.data.fill(cast(scalars[0] ?? NaN, y.dtype));
  },

  strided: ({ inputs, outputs, attrs }) => {
    const x = at(inputs, 0);
    const y = at(outputs, 0);
    walk(y.shape, attrs.strides, attrs.offset).forEach((from, i) => { y.data[i] = x.data[from] ?? NaN; });
  },

  stridedAdd: ({ inputs, outputs, attrs }) => {
    const x = at(inputs, 0);
    const y = at(outputs, 0).data.fill(0);
    walk(x.shape, attrs.strides, attrs.offset).forEach((to, i) => { y[to] = (y[to] ?? NaN) + (x.data[i] ?? NaN); });
  },

  concat: ({ inputs, outputs, attrs }) => {
    const y = at(outputs, 0);
    const outer = product(y.shape.slice(0, attrs.axis));
    let to = 0;
    for (let o = 0; o < outer; o++) {
      for (const x of inputs) {
        const run = product(x.shape.slice(attrs.axis));
        y.data.set(x.data.subarray(o * run, (o + 1) * run), to);
        to += run;
      }
    }
  },

  pad: ({ inputs, outputs, attrs, scalars }) => {
    const x = at(inputs, 0);
    const y = at(outputs, 0);
    const strides = stridesOf(y.shape);
    const origin = attrs.before.reduce((sum, n, axis) => sum + n * (strides[axis] ?? 0), 0);
    y.data.fill(cast(scalars[0] ?? NaN, y.dtype));
    walk(x.shape, strides, origin).forEach((to, i) => { y.data[to] = x.data[i] ?? NaN; });
  },
};
