/**
 * The functions of the elementwise table's expressions that shaders lack, or have too coarse: one source for JavaScript, GLSL and
 * WGSL. Those count in float32, may take a quotient that is off in its last place, assume that there is no NaN, and have no word for
 * infinity, so numbers are told apart by comparing magnitudes.
 */
import { type HelperFunction, helperFunction } from './program';

/** Of float32. */
export const LARGEST = '3.4028234e38';

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

/** Beyond, a thousand quarters of a turn are 2^13 and more, whose products with the parts of pi / 2 are not exact; float32 are a radian apart there. */
const LARGEST_ANGLE = 12_000_000;
/** NaN, and not a number far from [-1, 1]. */
const lostAngle = `if (a > ${LARGEST_ANGLE}) { y = Math.sqrt(-a); }`;

/** The sine of |x| and so many quarters of a turn more. */
const sine = (turns: 0 | 1): string => `(x) {${quarterTurns}
    const q = k + ${turns} - 4 * Math.floor((k + ${turns}) * 0.25);
    let y = s;
    if (q == 1 || q == 3) { y = c; }
    if (q >= 2) { y = -y; }
    ${lostAngle}
    ${turns === 0 ? 'if (x < 0) { y = -y; }' : ''}
    return y;
  }`;

/** A shader's own logarithm takes a number's magnitude, and the smallest in place of 0, on some machines. */
const outsideLog = (x: string): string => `
    if (${x} < 0) { y = Math.sqrt(${x}); }
    if (${x} == 0) { y = -1 / Math.abs(${x}); }`;

/** By their names in the table. */
export const mathematics: Readonly<Record<string, HelperFunction>> = Object.fromEntries([
  // Polynomials after Norbert Juffa, as in the wasm executor: near 0 a multiple of x, beyond it 1 less an exponential.
  helperFunction('erf', `(x) {
    const t = Math.min(Math.abs(x), 4.5);
    const s = x * x;
    let y = x + x * (((((-0.000596761703 * s + 0.00499119423) * s - 0.0267681349) * s + 0.112819925) * s - 0.376125336) * s + 0.128379166);
    if (t > 0.927734375) {
      const tail = (-0.000017285347 * t + 0.000383197126) * t * t + (-0.00388396438 * t + 0.0242546219);
      y = 1 - Math.exp((((tail * t - 0.106777877) * t - 0.634846687) * t - 0.128717512) * t - t);
      if (t > 4) { y = 1; }
      if (x < 0) { y = -y; }
    }
    return y;
  }`),
  // Taylor's series where the difference would cancel.
  helperFunction('expm1', `(x) {
    let y = Math.exp(x) - 1;
    if (Math.abs(x) < 0.5) {
      y = x + x * x * (0.5 + x * (0.16666666666666666 + x * (0.041666666666666664 + x * (0.008333333333333333 + x * (0.001388888888888889
        + x * (0.0001984126984126984 + x * (0.0000248015873015873 + x * 0.000002755731922398589)))))));
    }
    return y;
  }`),
  // log(1 + x) = 2 artanh(x / (2 + x)), by its series where 1 + x would lose the digits of x.
  helperFunction('log1p', `(x) {
    let y = Math.log(1 + x);
    if (Math.abs(x) < 0.25) {
      const s = x / (2 + x);
      const z = s * s;
      y = 2 * s + 2 * s * z * (0.3333333333333333 + z * (0.2 + z * (0.14285714285714285 + z * (0.1111111111111111 + z * 0.09090909090909091))));
    }
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
    ${lostAngle}
    if (x < 0) { y = -y; }
    return y;
  }`),
  // A shader's own may be wrong by 4096 units of the last place. Cephes's polynomial on [0, tan(pi/8)].
  helperFunction('atan2', `(y, x) {
    const high = Math.max(Math.abs(y), Math.abs(x));
    const low = Math.min(Math.abs(y), Math.abs(x));
    let t = low / high;
    if (high == 0) { t = 0; }
    if (low > ${LARGEST}) { t = 1; }
    let start = 0;
    if (t > 0.41421356237309503) {
      start = 0.7853981633974483;
      t = (t - 1) / (t + 1);
    }
    const z = t * t;
    let angle = start + (t + t * z * (((0.0805374449538 * z - 0.138776856032) * z + 0.199777106478) * z - 0.333329491539));
    if (Math.abs(y) > Math.abs(x)) { angle = 1.5707963267948966 - angle; }
    if (x < 0 || (x == 0 && 1 / x < 0)) { angle = 3.141592653589793 - angle; }
    if (y < 0 || (y == 0 && 1 / y < 0)) { angle = -angle; }
    return angle;
  }`),
  // Of exact multiples the quotient is whole, whichever way the division rounded.
  helperFunction('floorQuotient', `(a, b) {
    const whole = Math.floor(a / b + 0.5);
    let q = Math.floor(a / b);
    if (whole * b == a) { q = whole; }
    return q;
  }`),
  helperFunction('truncQuotient', `(a, b) {
    const whole = Math.floor(a / b + 0.5);
    let q = Math.floor(a / b);
    if (q < 0) { q = Math.ceil(a / b); }
    if (whole * b == a) { q = whole; }
    return q;
  }`),
  helperFunction('trunc', '(x) { return x < 0 ? Math.ceil(x) : Math.floor(x); }'),
  // To even; from 2^23 on every float32 is whole.
  helperFunction('round', `(x) {
    const down = Math.floor(x);
    const rest = x - down;
    let y = down;
    if (rest > 0.5) { y = down + 1; }
    if (rest == 0.5) { y = 2 * Math.floor((down + 1) * 0.5); }
    if (x < 0) { y = -Math.abs(y); }
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

