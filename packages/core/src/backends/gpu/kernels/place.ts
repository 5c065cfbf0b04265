/** Concatenation and padding. */
import { coordinates, sizeNames } from '../axes';
import { defineProgram, type Operand, programFamily } from '../program';
import { type GpuKernel, input, output } from './kernel';

/** Inputs joined by one program; more are joined in rounds, since shaders take few arrays. */
const JOINED = 6;

const join = programFamily((count: number) => {
  const inputs = Array.from({ length: count }, (_, k) => `x${k}`);
  return defineProgram({
    name: 'concat',
    inputs,
    ints: ['run', ...inputs.map((_, k) => `r${k}`)],
    code: (read) => ({
      body: `
        const $outer = quotient($i, run);
        let $at = $i - $outer * run;
        let $value = 0;
        let $found = 0;
        ${inputs.map((x, k) => `
        if ($found < 1) {
          if ($at < r${k}) {
            $value = ${read[x]?.(`$outer * r${k} + $at`)};
            $found = 1;
          } else { $at = $at - r${k}; }
        }`).join('')}`,
      value: '$value',
    }),
  });
});

/** A tensor and how many of its elements lie in one run of the joined axis. */
interface Piece { readonly operand: Operand; readonly run: number }

/** x0, x1, … -> y along an axis. */
export const concat: GpuKernel = (command, bench) => {
  const y = output(command, 0);
  const axis = command.attrs['axis'] as number;
  const outer = y.shape.slice(0, axis).reduce((a, b) => a * b, 1);
  let pieces: Piece[] = command.inputs.map((x) => ({ operand: x, run: x.shape.slice(axis).reduce((a, b) => a * b, 1) }));
  const merge = (group: readonly Piece[], to?: Operand): Piece => {
    const run = group.reduce((total, piece) => total + piece.run, 0);
    const operand = to ?? bench.temporary(outer * run);
    bench.run(join(group.length), { inputs: group.map((piece) => piece.operand), ints: [run, ...group.map((piece) => piece.run)], output: operand });
    return { operand, run };
  };
  while (pieces.length > JOINED) {
    const next: Piece[] = [];
    for (let k = 0; k < pieces.length; k += JOINED) next.push(merge(pieces.slice(k, k + JOINED)));
    pieces = next;
  }
  merge(pieces, y);
};

const around = programFamily((rank: number) => {
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  return defineProgram({
    name: 'pad',
    inputs: ['x'],
    ints: [...sizeNames(rank), ...['b', 'x', 's'].flatMap((letter) => axes.map((axis) => `${letter}${axis}`))],
    floats: ['value'],
    code: ({ x }) => ({
      body: `
        ${coordinates(rank)}
        let $value = value;
        ${axes.map((axis) => `const $p${axis} = $c${axis} - b${axis};`).join('\n')}
        if (${axes.map((axis) => `$p${axis} >= 0 && $p${axis} < x${axis}`).join(' && ')}) {
          $value = ${x(axes.map((axis) => `$p${axis} * s${axis}`).join(' + '))};
        }`,
      value: '$value',
    }),
  });
});

/** x -> y with `before[k]` elements of a value ahead of axis k, the rest of y behind. */
export const pad: GpuKernel = (command, bench) => {
  const [x, y] = [input(command, 0), output(command, 0)];
  const before = command.attrs['before'] as readonly number[];
  const strides = x.shape.map((_, axis) => x.shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const [rank, shape] = x.shape.length === 0 ? [1, { y: [1], b: [0], x: [1], s: [1] }] : [x.shape.length, { y: y.shape, b: before, x: x.shape, s: strides }];
  bench.run(around(rank), { inputs: [x], ints: [...shape.y.slice(1), ...shape.b, ...shape.x, ...shape.s], floats: command.scalars, output: y });
};
