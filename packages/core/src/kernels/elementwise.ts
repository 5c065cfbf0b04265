/**
 * The elementwise kernels, one row each. A row states its scalar expression once; the reference executor evaluates the
 * string, the wasm build emits SIMD code from it, and the gpu executor puts it into a gpu.js kernel.
 *
 * Grammar: names of inputs, scalars and earlier `let`s; numbers; + - * / and unary minus; < <= > >= == !=; ?: ; && || !;
 * and the functions abs sqrt exp expm1 log log1p tanh erf sin cos tan floor ceil round trunc min max pow atan2 isnan isfinite.
 * `round` is to even. `min` and `max` give NaN where an operand is NaN. A condition is 1 or 0 in an output.
 * Kinds: `float` float32 -> float32; `numeric` float32 or int32 -> the same; `compare` numeric -> bool;
 * `logical` bool -> bool; `test` float32 -> bool; the casts say theirs.
 * Int32 division truncates towards zero.
 */
export type ElementwiseKind = 'float' | 'numeric' | 'compare' | 'logical' | 'test' | 'toFloat' | 'toInt' | 'toBool' | 'select';

export interface ElementwiseRow {
  readonly name: string;
  readonly kind: ElementwiseKind;
  readonly inputs: readonly string[];
  /** Values that vary each step, in the order of `command.scalars`. */
  readonly scalars: readonly string[];
  /** Common subexpressions, evaluated in order. */
  readonly let: readonly (readonly [name: string, expression: string])[];
  /** One expression an output; with several, output i may be written over the input of the same name. */
  readonly outputs: readonly (readonly [name: string, expression: string])[];
}

type Extra = { readonly scalars?: readonly string[]; readonly let?: readonly (readonly [string, string])[] };

const row = (kind: ElementwiseKind, name: string, inputs: string, expression: string, extra: Extra = {}): ElementwiseRow => ({
  name, kind, inputs: inputs.split(' '), scalars: extra.scalars ?? [], let: extra.let ?? [], outputs: [['out', expression]],
});

const SQRT_HALF = '0.7071067811865476';
const INV_SQRT_2PI = '0.3989422804014327';
const SQRT_2_OVER_PI = '0.7978845608028654';
const SELU_ALPHA = '1.6732632423543772';
const SELU_SCALE = '1.0507009873554805';

/** s = sigmoid(x): the exponential never overflows, and values near 0 keep their digits, as they would not through tanh. */
const SIGMOID = [['e', 'exp(-abs(x))'], ['s', '(x < 0 ? e : 1) / (1 + e)']] as const;
const softplus = (x: string): string => `max(${x}, 0) + log1p(exp(-abs(${x})))`;
const TANH_GELU = `${SQRT_2_OVER_PI} * (x + 0.044715 * x * x * x)`;

const arithmetic: readonly ElementwiseRow[] = [
  row('numeric', 'add', 'a b', 'a + b'),
  row('numeric', 'sub', 'a b', 'a - b'),
  row('numeric', 'mul', 'a b', 'a * b'),
  row('numeric', 'div', 'a b', 'a / b'),
  row('numeric', 'minimum', 'a b', 'min(a, b)'),
  row('numeric', 'maximum', 'a b', 'max(a, b)'),
  row('float', 'pow', 'a b', 'pow(a, b)'),
  row('float', 'atan2', 'a b', 'atan2(a, b)'),
  row('float', 'remainder', 'a b', 'a - b * floor(a / b)'),
  row('numeric', 'neg', 'x', '-x'),
  row('numeric', 'abs', 'x', 'abs(x)'),
  row('numeric', 'sign', 'x', 'x > 0 ? 1 : (x < 0 ? -1 : x)'),
  /** x * scale + shift: scalar arithmetic without making a tensor of the scalar. */
  row('float', 'affine', 'x', 'x * scale + shift', { scalars: ['scale', 'shift'] }),
  row('float', 'powScalar', 'x', 'pow(x, exponent)', { scalars: ['exponent'] }),
  /** a + weight (b - a), with a scalar weight: averages of weights. */
  row('float', 'lerp', 'a b', 'a + weight * (b - a)', { scalars: ['weight'] }),
];

const comparison: readonly ElementwiseRow[] = [
  row('compare', 'equal', 'a b', 'a == b'),
  row('compare', 'notEqual', 'a b', 'a != b'),
  row('compare', 'less', 'a b', 'a < b'),
  row('compare', 'lessEqual', 'a b', 'a <= b'),
  row('compare', 'greater', 'a b', 'a > b'),
  row('compare', 'greaterEqual', 'a b', 'a >= b'),
  row('logical', 'logicalAnd', 'a b', 'a && b'),
  row('logical', 'logicalOr', 'a b', 'a || b'),
  row('logical', 'logicalXor', 'a b', 'a != b'),
  row('logical', 'logicalNot', 'x', '!x'),
  row('test', 'isNaN', 'x', 'isnan(x)'),
  row('test', 'isFinite', 'x', 'isfinite(x)'),
  /** condition (bool), a, b (float32 or int32) -> a or b. */
  row('select', 'where', 'condition a b', 'condition ? a : b'),
  row('toFloat', 'castToFloat', 'x', 'x'),
  row('toInt', 'castToInt', 'x', 'trunc(x)'),
  row('toBool', 'castToBool', 'x', 'x != 0'),
];

const transcendental: readonly ElementwiseRow[] = [
  row('float', 'exp', 'x', 'exp(x)'),
  row('float', 'expm1', 'x', 'expm1(x)'),
  row('float', 'log', 'x', 'log(x)'),
  row('float', 'log1p', 'x', 'log1p(x)'),
  row('float', 'sqrt', 'x', 'sqrt(x)'),
  row('float', 'rsqrt', 'x', '1 / sqrt(x)'),
  row('float', 'square', 'x', 'x * x'),
  row('float', 'reciprocal', 'x', '1 / x'),
  row('float', 'sin', 'x', 'sin(x)'),
  row('float', 'cos', 'x', 'cos(x)'),
  row('float', 'tan', 'x', 'tan(x)'),
  row('float', 'tanh', 'x', 'tanh(x)'),
  row('float', 'erf', 'x', 'erf(x)'),
  row('float', 'floor', 'x', 'floor(x)'),
  row('float', 'ceil', 'x', 'ceil(x)'),
  row('float', 'round', 'x', 'round(x)'),
  row('float', 'trunc', 'x', 'trunc(x)'),
];

const activations: readonly ElementwiseRow[] = [
  row('float', 'relu', 'x', 'max(x, 0)'),
  row('float', 'sigmoid', 'x', 's', { let: SIGMOID }),
  row('float', 'softplus', 'x', softplus('x')),
  row('float', 'logSigmoid', 'x', `-(${softplus('(-x)')})`),
  row('float', 'silu', 'x', 'x * s', { let: SIGMOID }),
  row('float', 'mish', 'x', `x * tanh(${softplus('x')})`),
  row('float', 'gelu', 'x', `0.5 * x * (1 + erf(x * ${SQRT_HALF}))`),
  row('float', 'geluTanh', 'x', `0.5 * x * (1 + tanh(${TANH_GELU}))`),
  row('float', 'leakyRelu', 'x', 'x > 0 ? x : slope * x', { scalars: ['slope'] }),
  row('float', 'elu', 'x', 'x > 0 ? x : alpha * expm1(x)', { scalars: ['alpha'] }),
  row('float', 'selu', 'x', `${SELU_SCALE} * (x > 0 ? x : ${SELU_ALPHA} * expm1(x))`),
  row('float', 'clamp', 'x', 'min(max(x, low), high)', { scalars: ['low', 'high'] }),
  row('float', 'hardSigmoid', 'x', 'min(max(x / 6 + 0.5, 0), 1)'),
  row('float', 'hardSwish', 'x', 'x * min(max(x + 3, 0), 6) / 6'),
  row('float', 'softsign', 'x', 'x / (1 + abs(x))'),
];

/** First derivatives that are worth one pass; each is an op whose own gradient is its composite form. */
const derivatives: readonly ElementwiseRow[] = [
  /** Passes dy where x is NaN, as PyTorch does. */
  row('float', 'reluGrad', 'dy x', 'x <= 0 ? 0 : dy'),
  row('float', 'leakyReluGrad', 'dy x', 'x > 0 ? dy : slope * dy', { scalars: ['slope'] }),
  row('float', 'clampGrad', 'dy x', 'x >= low && x <= high ? dy : 0', { scalars: ['low', 'high'] }),
  /** These three take the output y. */
  row('float', 'sigmoidGrad', 'dy y', 'dy * y * (1 - y)'),
  row('float', 'tanhGrad', 'dy y', 'dy * (1 - y * y)'),
  row('float', 'geluGrad', 'dy x', `dy * (0.5 * (1 + erf(x * ${SQRT_HALF})) + x * ${INV_SQRT_2PI} * exp(-0.5 * x * x))`),
  row('float', 'geluTanhGrad', 'dy x', `dy * (0.5 * (1 + t) + 0.5 * x * (1 - t * t) * ${SQRT_2_OVER_PI} * (1 + 0.134145 * x * x))`, { let: [['t', `tanh(${TANH_GELU})`]] }),
  row('float', 'siluGrad', 'dy x', 'dy * (s + x * s * (1 - s))', { let: SIGMOID }),
];

/**
 * Optimizer updates: one pass over a parameter, its gradient and its state. `gate` is a one-element tensor, 0 where the
 * step is to be skipped (a non-finite gradient); a skipped step leaves every output as its input was.
 */
const optimizers: readonly ElementwiseRow[] = [
  {
    name: 'sgdStep', kind: 'float', inputs: ['p', 'g', 'gate'], scalars: ['lr', 'coupledDecay', 'decoupledDecay'], let: [],
    outputs: [['p', 'gate > 0 ? p - lr * (g + coupledDecay * p) - decoupledDecay * p : p']],
  },
  {
    // first: 1 on the first step, where PyTorch starts the buffer at the gradient, undampened.
    name: 'sgdMomentumStep', kind: 'float', inputs: ['p', 'g', 'm', 'gate'],
    scalars: ['lr', 'coupledDecay', 'decoupledDecay', 'momentum', 'dampening', 'nesterov', 'first'],
    let: [['d', 'g + coupledDecay * p'], ['n', 'first > 0 ? d : momentum * m + (1 - dampening) * d'], ['u', 'nesterov > 0 ? d + momentum * n : n']],
    outputs: [['p', 'gate > 0 ? p - lr * u - decoupledDecay * p : p'], ['m', 'gate > 0 ? n : m']],
  },
  {
    // decoupledDecay arrives as lr * decay; bias corrections as 1 - beta^t.
    name: 'adamStep', kind: 'float', inputs: ['p', 'g', 'm', 'v', 'gate'],
    scalars: ['lr', 'beta1', 'beta2', 'eps', 'correction1', 'sqrtCorrection2', 'coupledDecay', 'decoupledDecay'],
    let: [
      ['d', 'g + coupledDecay * p'], ['mn', 'm + (1 - beta1) * (d - m)'], ['vn', 'beta2 * v + (1 - beta2) * d * d'],
      ['u', '(lr / correction1) * mn / (sqrt(vn) * (1 / sqrtCorrection2) + eps)'],
    ],
    outputs: [['p', 'gate > 0 ? p - decoupledDecay * p - u : p'], ['m', 'gate > 0 ? mn : m'], ['v', 'gate > 0 ? vn : v']],
  },
  {
    name: 'adamAmsgradStep', kind: 'float', inputs: ['p', 'g', 'm', 'v', 'vmax', 'gate'],
    scalars: ['lr', 'beta1', 'beta2', 'eps', 'correction1', 'sqrtCorrection2', 'coupledDecay', 'decoupledDecay'],
    let: [
      ['d', 'g + coupledDecay * p'], ['mn', 'm + (1 - beta1) * (d - m)'], ['vn', 'beta2 * v + (1 - beta2) * d * d'], ['vx', 'max(vmax, vn)'],
      ['u', '(lr / correction1) * mn / (sqrt(vx) * (1 / sqrtCorrection2) + eps)'],
    ],
    outputs: [['p', 'gate > 0 ? p - decoupledDecay * p - u : p'], ['m', 'gate > 0 ? mn : m'], ['v', 'gate > 0 ? vn : v'], ['vmax', 'gate > 0 ? vx : vmax']],
  },
  {
    // mean is the running mean of gradients (centered), momentum buffer m; both stay 0 where unused.
    name: 'rmspropStep', kind: 'float', inputs: ['p', 'g', 's', 'mean', 'm', 'gate'],
    scalars: ['lr', 'alpha', 'eps', 'momentum', 'centered', 'coupledDecay', 'decoupledDecay'],
    let: [
      ['d', 'g + coupledDecay * p'], ['sn', 'alpha * s + (1 - alpha) * d * d'],
      ['an', 'centered > 0 ? alpha * mean + (1 - alpha) * d : mean'],
      ['u', 'd / (sqrt(centered > 0 ? sn - an * an : sn) + eps)'], ['n', 'momentum * m + u'],
    ],
    outputs: [['p', 'gate > 0 ? p - decoupledDecay * p - lr * n : p'], ['s', 'gate > 0 ? sn : s'], ['mean', 'gate > 0 ? an : mean'], ['m', 'gate > 0 && momentum > 0 ? n : m']],
  },
  {
    name: 'adagradStep', kind: 'float', inputs: ['p', 'g', 's', 'gate'], scalars: ['lr', 'eps', 'coupledDecay', 'decoupledDecay'],
    let: [['d', 'g + coupledDecay * p'], ['sn', 's + d * d']],
    outputs: [['p', 'gate > 0 ? p - decoupledDecay * p - lr * d / (sqrt(sn) + eps) : p'], ['s', 'gate > 0 ? sn : s']],
  },
  {
    name: 'lionStep', kind: 'float', inputs: ['p', 'g', 'm', 'gate'], scalars: ['lr', 'beta1', 'beta2', 'coupledDecay', 'decoupledDecay'],
    let: [['d', 'g + coupledDecay * p'], ['c', 'beta1 * m + (1 - beta1) * d'], ['u', 'c > 0 ? 1 : (c < 0 ? -1 : 0)']],
    outputs: [['p', 'gate > 0 ? p - decoupledDecay * p - lr * u : p'], ['m', 'gate > 0 ? beta2 * m + (1 - beta2) * d : m']],
  },
  /** An average's update, gated by whether the step was applied: a + weight (b - a). */
  {
    name: 'averageStep', kind: 'float', inputs: ['a', 'b', 'gate'], scalars: ['weight'], let: [],
    outputs: [['a', 'gate > 0 ? a + weight * (b - a) : a']],
  },
];

export const elementwiseRows: readonly ElementwiseRow[] = [
  ...arithmetic, ...comparison, ...transcendental, ...activations, ...derivatives, ...optimizers,
];

const byName = new Map(elementwiseRows.map((r) => [r.name, r]));

export const elementwiseRow = (name: string): ElementwiseRow | undefined => byName.get(name);
