/** x [outer, n, inner] -> y [outer, inner]: long lines in two passes or more, so that many threads share one. */
import type { Workbench } from '../device';
import { defineProgram, type Operand, type Program, type ProgramCall, programFamily, type Reader } from '../program';
import { type GpuKernel, input, output } from './kernel';

export type Reduction = 'sum' | 'max' | 'min' | 'prod';

/** What a line begins with, and how a value joins; max and min begin with the first value. */
const steps: Readonly<Record<Reduction, { readonly start: number; readonly join: string }>> = {
  sum: { start: 0, join: '$total + $value' },
  prod: { start: 1, join: '$total * $value' },
  max: { start: 0, join: '$j < 1 ? $value : Math.max($total, $value)' },
  min: { start: 0, join: '$j < 1 ? $value : Math.min($total, $value)' },
};

/** One thread takes at most this many elements of a line, where there are few lines. */
const SHARE = 256;
/** So many lines keep a machine busy with a thread each. */
const ENOUGH_LINES = 4096;

/** What is reduced: a number made of each element, and of other inputs where there are any, which no memory needs to hold. */
export interface TermSpec<Input extends string> {
  readonly name: string;
  readonly inputs: readonly Input[];
  readonly ints?: readonly string[];
  /** Statements once a line; `$outer` and `$inner` are its coordinates. */
  readonly line?: (read: Readonly<Record<Input, Reader>>) => string;
  /** The term of the element at flat index `$at`, the `$k`th of its line. */
  readonly term: (read: Readonly<Record<Input, Reader>>) => { readonly body?: string; readonly value: string };
}

/** The programs of a term: [outer, n, inner] -> [outer, shares, inner], each of up to `share` elements. */
export type Terms = (op: Reduction) => Program;

export const reducible = <const Input extends string>({ name, inputs, ints = [], line, term }: TermSpec<Input>): Terms => programFamily((op: Reduction) => defineProgram({
  name: `${name}.${op}`,
  inputs,
  ints: ['n', 'inner', 'share', 'shares', ...ints],
  code: (read) => {
    const { body = '', value } = term(read);
    return {
      body: `
        const $line = quotient($i, inner);
        const $inner = $i - $line * inner;
        const $outer = quotient($line, shares);
        const $first = ($line - $outer * shares) * share;
        const $start = ($outer * n + $first) * inner + $inner;
        const $count = Math.min(share, n - $first);
        ${line?.(read) ?? ''}
        let $total = ${steps[op].start};
        for (let $j = 0; $j < $count; $j++) {
          const $k = $first + $j;
          const $at = $start + $j * inner;
          ${body}
          const $value = ${value};
          $total = ${steps[op].join};
        }`,
      value: '$total',
    };
  },
}));

/** The elements themselves. */
const elements = reducible({ name: 'reduce', inputs: ['x'], term: ({ x }) => ({ value: x('$at') }) });

type Dims = readonly [outer: number, n: number, inner: number];

/** Reduces terms along the middle axis into y. */
export function reduceTerms(bench: Workbench, op: Reduction, terms: Terms, { inputs, ints = [] }: Pick<ProgramCall, 'inputs' | 'ints'>, [outer, n, inner]: Dims, y: Operand): void {
  const shares = outer * inner < ENOUGH_LINES && n > 2 * SHARE ? Math.ceil(n / SHARE) : 1;
  const to = shares === 1 ? y : bench.temporary(outer * shares * inner);
  bench.run(terms(op), { inputs, ints: [n, inner, shares === 1 ? Math.max(n, 1) : SHARE, shares, ...ints], output: to });
  if (shares > 1) reduceInto(bench, op, to, [outer, shares, inner], y);
}

/** Reduces the middle axis of x into y. */
export function reduceInto(bench: Workbench, op: Reduction, x: Operand, dims: Dims, y: Operand): void {
  reduceTerms(bench, op, elements, { inputs: [x] }, dims, y);
}

export const reduce: GpuKernel = (command, bench) => {
  const x = input(command, 0);
  const [outer = 0, n = 0, inner = 0] = x.shape;
  reduceInto(bench, command.attrs['op'] as Reduction, x, [outer, n, inner], output(command, 0));
};

const extremes = programFamily((op: 'max' | 'min') => defineProgram({
  name: `argReduce.${op}`,
  inputs: ['x'],
  ints: ['n', 'inner'],
  code: ({ x }) => ({
    // The first of equals stays; a NaN beats every number.
    body: `
      const $outer = quotient($i, inner);
      const $start = $outer * n * inner + ($i - $outer * inner);
      let $best = ${x('$start')};
      let $at = 0;
      for (let $j = 1; $j < n; $j++) {
        const $value = ${x('$start + $j * inner')};
        if (!($value ${op === 'max' ? '<=' : '>='} $best) && $best == $best) {
          $best = $value;
          $at = $j;
        }
      }`,
    value: '$at',
  }),
}));

/** x [outer, n, inner] -> the first index of the extreme [outer, inner]. */
export const argReduce: GpuKernel = (command, bench) => {
  const x = input(command, 0);
  const [, n = 0, inner = 1] = x.shape;
  bench.run(extremes(command.attrs['op'] as 'max' | 'min'), { inputs: [x], ints: [n, inner], output: output(command, 0) });
};
