/** From the expressions of the elementwise table to gpu.js's JavaScript: Math's functions, and those that Math has not. */
import { fail } from '../../errors';
import { type HelperFunction, helperFunction } from './program';

const builtin = ['abs', 'sqrt', 'exp', 'log', 'tanh', 'sin', 'cos', 'tan', 'floor', 'ceil', 'min', 'max', 'pow', 'atan2', 'trunc'];

/** Abramowitz and Stegun 7.1.26 has an absolute error of 1.5e-7, that of the float32 these kernels compute in. */
const helpers: Readonly<Record<string, HelperFunction>> = Object.fromEntries([
  helperFunction('erf', `(x) {
    const t = 1 / (1 + 0.3275911 * Math.abs(x));
    const y = 1 - ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t * Math.exp(-x * x);
    return x < 0 ? -y : y;
  }`),
  // Series below 0.01, where the difference would cancel.
  helperFunction('expm1', `(x) {
    return Math.abs(x) < 0.01 ? x * (1 + x * (0.5 + x * (0.16666667 + x * 0.041666667))) : Math.exp(x) - 1;
  }`),
  helperFunction('log1p', `(x) {
    return Math.abs(x) < 0.01 ? x * (1 - x * (0.5 - x * (0.33333333 - x * 0.25))) : Math.log(1 + x);
  }`),
].map((f) => [f.name, f]));

export interface Translated {
  readonly source: string;
  readonly functions: readonly HelperFunction[];
  /** Whether the whole is a condition, not a number. */
  readonly condition: boolean;
}

/** Mathematics' functions mapped, and the names in `locals` made local to their lane. */
export function translate(expression: string, locals: ReadonlySet<string>): Translated {
  const functions = new Map<string, HelperFunction>();
  const source = expression.replace(/\b[a-zA-Z]\w*\b(\s*\()?/g, (match, call?: string) => {
    const name = call === undefined ? match : match.slice(0, -call.length);
    if (call === undefined) return locals.has(name) ? `$${name}` : name;
    if (builtin.includes(name)) return `Math.${name}(`;
    const helper = helpers[name] ?? fail('backend', `gpu: no gpu.js counterpart of the function '${name}'.`);
    functions.set(name, helper);
    return `${name}(`;
  });
  return { source, functions: [...functions.values()], condition: /[<>]|==|!=|&&|\|\||!/.test(expression) && !expression.includes('?') };
}
