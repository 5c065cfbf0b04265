/** From the expressions of the elementwise table to gpu.js's JavaScript: Math's functions, and those that Math has not. */
import { fail } from '../../errors';
import { type HelperFunction, helperFunction } from './program';

const builtin = ['abs', 'sqrt', 'exp', 'log', 'sin', 'cos', 'tan', 'floor', 'ceil', 'min', 'max', 'atan2'];

/** Comparisons by magnitude: shaders may assume that there is no NaN, and have no word for infinity. */
const LARGEST = '3.4028234e38';

const helpers: Readonly<Record<string, HelperFunction>> = Object.fromEntries([
  // Abramowitz and Stegun 7.1.26 has an absolute error of 1.5e-7, that of the float32 these kernels compute in.
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
  // A shader's own may overflow on the way to 1.
  helperFunction('tanh', '(x) { return Math.tanh(Math.min(Math.max(x, -20), 20)); }'),
  helperFunction('trunc', '(x) { return x < 0 ? Math.ceil(x) : Math.floor(x); }'),
  // To even; from 2^23 on every float32 is whole.
  helperFunction('round', `(x) {
    const down = Math.floor(x);
    const rest = x - down;
    let y = down;
    if (rest > 0.5) { y = down + 1; }
    if (rest == 0.5) { y = 2 * Math.floor((down + 1) * 0.5); }
    return y;
  }`),
  helperFunction('isfinite', `(x) {
    let y = 0;
    if (Math.abs(x) <= ${LARGEST}) { y = 1; }
    return y;
  }`),
  helperFunction('isnan', `(x) {
    let y = 1;
    if (Math.abs(x) <= ${LARGEST}) { y = 0; }
    if (Math.abs(x) > ${LARGEST}) { y = 0; }
    return y;
  }`),
  // A shader's own is undefined for negative bases; 1^NaN and (-1)^infinity are 1, which JavaScript denies.
  helperFunction('pow', `(a, b) {
    let y = Math.pow(Math.abs(a), b);
    const whole = Math.floor(b);
    if (a < 0) {
      if (whole == b) {
        if (whole - 2 * Math.floor(whole * 0.5) > 0.5) { y = -y; }
      } else if (Math.abs(a) <= ${LARGEST}) { y = Math.sqrt(a); }
    }
    if (a == 1 || b == 0 || (a == -1 && Math.abs(b) > ${LARGEST})) { y = 1; }
    return y;
  }`),
].map((f) => [f.name, f]));

export interface Translated {
  readonly source: string;
  readonly functions: readonly HelperFunction[];
  /** Whether the whole is a condition, not a number. */
  readonly condition: boolean;
}

/** Mathematics' functions mapped, and names made local to their lane; those in `truths` are asked whether they are 1. */
export function translate(expression: string, locals: ReadonlySet<string>, truths: ReadonlySet<string> = new Set()): Translated {
  const functions = new Map<string, HelperFunction>();
  const source = expression.replace(/\b[a-zA-Z]\w*\b(\s*\()?/g, (match, call?: string) => {
    const name = call === undefined ? match : match.slice(0, -call.length);
    if (call === undefined) return truths.has(name) ? `($${name} > 0.5)` : locals.has(name) ? `$${name}` : name;
    if (builtin.includes(name)) return `Math.${name}(`;
    const helper = helpers[name] ?? fail('backend', `gpu: no gpu.js counterpart of the function '${name}'.`);
    functions.set(name, helper);
    return `${name}(`;
  });
  return { source, functions: [...functions.values()], condition: /[<>]|==|!=|&&|\|\||!/.test(source) && !source.includes('?') };
}
