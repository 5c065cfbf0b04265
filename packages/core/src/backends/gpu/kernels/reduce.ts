/** x [outer, n, inner] -> y [outer, inner]: long lines in two passes or more, so that many threads share one. */
import type { Workbench } from '../device';
import { defineProgram, type Operand, programFamily } from '../program';
import { type GpuKernel, input, output } from './kernel';

export type Reduction = 'sum' | 'max' | 'min' | 'prod' | 'sumSquares';

/** What a line begins with, and how a value joins. Max and min begin with the line's first value. */
const steps: Readonly<Record<Reduction, { readonly start?: string; readonly join: string }>> = {
  sum: { start: '0', join: '$total + $value' },
  prod: { start: '1', join: '$total * $value' },
  max: { join: 'Math.max($total, $value)' },
  min: { join: 'Math.min($total, $value)' },
  sumSquares: { start: '0', join: '$total + $value * $value' },
};

/** One thread takes at most this many elements of a line, where there are few lines. */
const SHARE = 256;
/** So many lines keep a machine busy with a thread each. */
const ENOUGH_LINES = 4096;

/** x [outer, n, inner] -> y [outer, shares, inner], each of up to `share` elements. */
const program = programFamily((op: Reduction) => defineProgram({
  name: `reduce.${op}`,
  inputs: ['x'],
  ints: ['n', 'inner', 'share', 'shares'],
  code: ({ x }) => ({
    body: `
      const $line = quotient($i, inner);
      const $outer = quotient($line, shares);
      const $first = ($line - $outer * shares) * share;
      const $start = ($outer * n + $first) * inner + ($i - $line * inner);
      const $count = Math.min(share, n - $first);
      let $total = ${steps[op].start ?? x('$start')};
      for (let $j = 0; $j < $count; $j++) {
        const $value = ${x('$start + $j * inner')};
        $total = ${steps[op].join};
      }`,
    value: '$total',
  }),
}));

/** Reduces the middle axis of x into y. */
export function reduceInto(bench: Workbench, op: Reduction, x: Operand, [outer, n, inner]: readonly [number, number, number], y: Operand): void {
  const run = (from: Operand, length: number, kind: Reduction, share: number, to: Operand): void => {
    bench.run(program(kind), { inputs: [from], ints: [length, inner, share, Math.max(1, Math.ceil(length / share))], output: to });
  };
  let [from, length, kind] = [x, n, op];
  const longest = outer * inner < ENOUGH_LINES ? 2 * SHARE : Infinity;
  while (length > longest) {
    const shares = Math.ceil(length / SHARE);
    const to = bench.temporary(outer * shares * inner);
    run(from, length, kind, SHARE, to);
    [from, length, kind] = [to, shares, kind === 'sumSquares' ? 'sum' : kind];
  }
  run(from, length, kind, Math.max(length, 1), y);
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
