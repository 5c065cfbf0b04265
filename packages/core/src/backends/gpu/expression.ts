/** From the expressions of the elementwise table to gpu.js's JavaScript: Math's functions, and those that Math has not. */
import type { HelperFunction } from './gpu-js';

const builtin = ['abs', 'sqrt', 'exp', 'log', 'tanh', 'sin', 'cos', 'tan', 'floor', 'ceil', 'min', 'max', 'pow', 'atan2', 'trunc'];

/** Abramowitz and Stegun 7.1.26 has an absolute error of 1.5e-7, that of the float32 these kernels compute in. */
const helpers: Readonly<Record<string, string>> = {
  erf: `function erf(x) {
    const t = 1 / (1 + 0.3275911 * Math.abs(x));
    const y = 1 - ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t * Math.exp(-x * x);
    return x < 0 ? -y : y;
  }`,
  // Series below 0.01, where the difference would cancel.
  expm1: `function expm1(x) {
    return Math.abs(x) < 0.01 ? x * (1 + x * (0.5 + x * (0.16666667 + x * 0.041666667))) : Math.exp(x) - 1;
  }`,
  log1p: `function log1p(x) {
    return Math.abs(x) < 0.01 ? x * (1 - x * (0.5 - x * (0.33333333 - x * 0.25))) : Math.log(1 + x);
  }`,
};

export interface Translated { readonly source: string; readonly functions: readonly HelperFunction[] }

/** The functions of an expression, mapped; `undefined` where gpu.js has no counterpart yet. */
export function translate(expression: string): Translated | undefined {
  const functions = new Map<string, HelperFunction>();
  let known = true;
  const source = expression.replace(/\b([a-z]\w*)\s*\(/g, (_, name: string) => {
    if (builtin.includes(name)) return `Math.${name}(`;
    const helper = helpers[name];
    if (helper === undefined) known = false;
    else functions.set(name, { name, source: helper });
    return `${name}(`;
  });
  return known ? { source, functions: [...functions.values()] } : undefined;
}
