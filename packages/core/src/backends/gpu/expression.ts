/** From the expressions of the elementwise table to gpu.js's JavaScript: Math's functions, and those that Math has not. */
import { fail } from '../../errors';
import { type HelperFunction, helperFunction } from './program';

const builtin = ['abs', 'sqrt', 'exp', 'floor', 'ceil', 'min', 'max', 'atan2'];

/** Comparisons by magnitude: shaders may assume that there is no NaN, and have no word for infinity. */
const LARGEST = '3.4028234e38';

/** Pi / 2 in parts of 11 bits, so that their products with whole numbers below 2^13 are exact. */
const HALF_PI = [1.5703125, 0.0004837512969970703, 7.549533620476723e-8, 2.5632829192545614e-12];

/** What of |x| is left of whole quarters of a turn, taken away in the order of their size; then Cephes's polynomials on [-pi/4, pi/4]. */
const quarterTurns = `
    const a = Math.abs(x);
    const k = Math.floor(a * 0.6366197723675814 + 0.5);
    const high = Math.floor(k / 1024) * 1024;
    const low = k - Math.floor(k / 1024) * 1024;
    const r = ((((((a - high * ${HALF_PI[0]}) - high * ${HALF_PI[1]}) - low * ${HALF_PI[0]}) - low * ${HALF_PI[1]}) - high * ${HALF_PI[2]}) - low * ${HALF_PI[2]}) - k * ${HALF_PI[3]};
    const z = r * r;
    const s = r + r * z * ((-0.00019515295891 * z + 0.0083321608736) * z - 0.16666654611);
    const c = 1 - 0.5 * z + z * z * ((0.00002443315711809948 * z - 0.001388731625493765) * z + 0.04166664568298827);`;

/** The sine of |x| and so many quarters of a turn more. */
const sine = (turns: 0 | 1): string => `(x) {${quarterTurns}
    const q = k + ${turns} - 4 * Math.floor((k + ${turns}) * 0.25);
    let y = s;
    if (q == 1 || q == 3) { y = c; }
    if (q >= 2) { y = -y; }
    ${turns === 0 ? 'if (x < 0) { y = -y; }' : ''}
    return y;
  }`;

/** A shader's own logarithm takes a number's magnitude, and the smallest in place of 0, on some machines. */
const outsideLog = (x: string): string => `
    if (${x} < 0) { y = Math.sqrt(${x}); }
    if (${x} == 0) { y = -1 / Math.abs(${x}); }`;

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
    let y = Math.log(1 + x);
    if (Math.abs(x) < 0.01) { y = x * (1 - x * (0.5 - x * (0.33333333 - x * 0.25))); }
    ${outsideLog('1 + x')}
    return y;
  }`),
  // A shader's own may overflow on the way to 1, and loses the small ones. Cephes's polynomial.
  helperFunction('tanh', `(x) {
    const z = x * x;
    let y = x + x * z * ((((-0.00570498872745 * z + 0.0206390887954) * z - 0.0537397155531) * z + 0.133314422036) * z - 0.333332819422);
    if (Math.abs(x) >= 0.625) {
      y = 1 - 2 / (Math.exp(2 * Math.min(Math.abs(x), 20)) + 1);
      if (x < 0) { y = -y; }
    }
    return y;
  }`),
  helperFunction('log', `(x) {
    let y = Math.log(x);
    ${outsideLog('x')}
    return y;
  }`),
  // A shader's own may be wrong by 2^-11.
  helperFunction('sin', sine(0)),
  helperFunction('cos', sine(1)),
  helperFunction('tan', `(x) {${quarterTurns}
    let y = s / c;
    if (k - 2 * Math.floor(k * 0.5) == 1) { y = -c / s; }
    if (x < 0) { y = -y; }
    return y;
  }`),
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
// GLSL has functions of many of these names, which may not be declared again.
].map((f) => [f.name, helperFunction(`${f.name}Of`, f.source.slice(`function ${f.name}`.length))]));

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
    return `${helper.name}(`;
  });
  return { source, functions: [...functions.values()], condition: /[<>]|==|!=|&&|\|\||!/.test(source) && !source.includes('?') };
}
