/** What is used of the library, which brings no types. Sizes are powers of two, 2 or more. */
declare module 'fourier-transform' {
  /** N real numbers to N / 2 + 1 complex ones. */
  export function fft(input: Float64Array, output: [re: Float64Array, im: Float64Array]): [re: Float64Array, im: Float64Array];
  /** Back, divided by N. */
  export function ifft(re: Float64Array, im: Float64Array, output: Float64Array): Float64Array;
  /** In place. */
  export function cfft(re: Float64Array, im: Float64Array): void;
  /** In place, divided by N. */
  export function cifft(re: Float64Array, im: Float64Array): void;
}
