/** Elementwise kernels, compiled from the expression of their row; see the grammar in core's kernels/elementwise.ts. */
import { type ElementwiseRow, fail, type Shape } from '@parsimony/core';
import { at, broadcastStrides, type Call, walk } from './kernel';
import { erf, pow, roundEven } from './special';
import { cast, type View } from './storage';

type Value = number | bigint | boolean;
/** The values of inputs and scalars in the row's order -> the values of the outputs. */
type Formula = (...values: readonly Value[]) => readonly Value[];

const { exp, expm1, log, log1p, sqrt, sin, cos, tan, floor, ceil, trunc, tanh, atan2 } = Math;
const floatFunctions = {
  abs: Math.abs, sqrt, exp, expm1, log, log1p, tanh, erf, sin, cos, tan, floor, ceil, round: roundEven, trunc,
  min: Math.min, max: Math.max, pow, atan2, isnan: Number.isNaN, isfinite: Number.isFinite,
};

/** Int32 rows run on BigInt: nothing overflows before the result is wrapped, and division truncates. */
const intFunctions = {
  abs: (x: bigint) => (x < 0n ? -x : x),
  min: (a: bigint, b: bigint) => (a < b ? a : b),
  max: (a: bigint, b: bigint) => (a > b ? a : b),
};

/** The grammar is a subset of JavaScript's, so a row is a function body. */
function compile(row: ElementwiseRow, functions: Readonly<Record<string, unknown>>): Formula {
  const lets = row.let.map(([name, expression]) => `const ${name}$ = ${suffixed(expression)};`).join(' ');
  const outputs = row.outputs.map(([, expression]) => suffixed(expression)).join(', ');
  const names = [...row.inputs, ...row.scalars].map((name) => `${name}$`).join(', ');
  const source = `'use strict'; return (${names}) => { ${lets} return [${outputs}]; };`;
  return new Function(...Object.keys(functions), source)(...Object.values(functions)) as Formula;
}

/** Names get a `$` so that an input may be called like a JavaScript word; functions keep theirs. */
const suffixed = (expression: string): string => expression.replace(/(?<![\w.])[A-Za-z_]\w*(?!\w|\s*\()/g, '$&$$');

const compiled = new Map<string, Formula>();

function formulaOf(row: ElementwiseRow, integer: boolean): Formula {
  const key = `${row.name}/${integer ? 'int' : 'float'}`;
  const known = compiled.get(key);
  if (known) return known;
  const formula = compile(row, integer ? intFunctions : floatFunctions);
  compiled.set(key, formula);
  return formula;
}

/** Runs a row. All inputs of an element are read before its outputs are written, so an output may lie over an input. */
export function runElementwise(row: ElementwiseRow, { inputs, outputs, scalars }: Call<unknown>): void {
  const shape = at(outputs, 0).shape;
  // `where` copies either type and needs no arithmetic.
  const integer = row.kind !== 'select' && row.kind !== 'toFloat' && row.kind !== 'toBool' && inputs.some((x) => x.dtype === 'int32');
  const formula = formulaOf(row, integer);
  const positions = inputs.map((input) => positionsIn(row.name, input, shape));
  const convert = (x: number): Value => (integer ? BigInt(x) : x);
  const constants = scalars.map(convert);
  const count = at(outputs, 0).data.length;
  for (let i = 0; i < count; i++) {
    const values = inputs.map((input, k) => convert(input.data[positions[k]?.[i] ?? i] ?? NaN));
    const results = formula(...values, ...constants);
    outputs.forEach((output, k) => { output.data[i] = store(results[k] ?? NaN, row, output); });
  }
}

function store(value: Value, row: ElementwiseRow, output: View): number {
  if (typeof value === 'bigint') return Number(BigInt.asIntN(32, value));
  if (row.kind === 'toInt') return Math.max(-2147483648, Math.min(2147483647, Number(value))) || 0; // NaN -> 0, as in WebAssembly
  return cast(Number(value), output.dtype);
}

/** Where each element of the broadcast shape lies in the input; undefined where the shapes are equal. */
function positionsIn(kernel: string, input: View, shape: Shape): Int32Array | undefined {
  if (input.shape.length === shape.length && input.shape.every((n, i) => n === shape[i])) return undefined;
  const lead = shape.length - input.shape.length;
  if (lead < 0 || input.shape.some((n, i) => n !== 1 && n !== shape[lead + i])) {
    fail('shape', `reference ${kernel}: an input of shape [${input.shape.join(', ')}] does not broadcast to [${shape.join(', ')}].`);
  }
  return walk(shape, broadcastStrides(input.shape, shape));
}
