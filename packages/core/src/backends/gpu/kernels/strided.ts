/** Strided views and their adjoint. */
import { joinAxes, coordinates, sizeNames } from '../axes';
import { defineProgram, programFamily } from '../program';
import { type GpuKernel, input, output } from './kernel';

const names = (letter: string, rank: number): string[] => Array.from({ length: rank }, (_, k) => `${letter}${k}`);

const gatherStrided = programFamily((rank: number) => defineProgram({
  name: 'strided',
  inputs: ['x'],
  ints: ['offset', ...sizeNames(rank), ...names('s', rank)],
  code: ({ x }) => ({ body: coordinates(rank), value: x(`offset + ${names('s', rank).map((s, k) => `$c${k} * ${s}`).join(' + ')}`) }),
}));

/** y[i] = x.flat[offset + sum_k i_k strides_k]. */
export const strided: GpuKernel = (command, bench) => {
  const [x, y] = [input(command, 0), output(command, 0)];
  const { sizes, strides: [steps = []] } = joinAxes(y.shape, [command.attrs['strides'] as readonly number[]]);
  bench.run(gatherStrided(sizes.length), { inputs: [x], ints: [command.attrs['offset'] as number, ...sizes.slice(1), ...steps], output: y });
};

/**
 * An element of y knows its place; the axes of x whose strides do not reach over one another (`decoded`, widest first) give back
 * their coordinates by division, all others are searched (`searched`).
 */
const addStrided = programFamily((decoded: number, searched: number) => {
  const loops = names('m', searched);
  return defineProgram({
    name: 'stridedAdd',
    inputs: ['x'],
    ints: ['origin', 'first', ...names('n', decoded), ...names('s', decoded), ...names('t', decoded), ...loops, ...names('u', searched), ...names('v', searched)],
    code: ({ x }) => ({
      body: `
        let $total = 0;
        ${loops.map((m, k) => `for (let $l${k} = 0; $l${k} < ${m}; $l${k}++) {`).join('\n')}
        let $rest = $i - origin${loops.map((_, k) => ` - $l${k} * u${k}`).join('')};
        let $from = first${loops.map((_, k) => ` + $l${k} * v${k}`).join('')};
        let $inside = 1;
        if ($rest < 0) { $inside = 0; }
        ${names('n', decoded).map((n, k) => `
        if ($inside > 0) {
          const $c${k} = quotient($rest, s${k});
          if ($c${k} >= ${n}) { $inside = 0; }
          $rest = $rest - $c${k} * s${k};
          $from = $from + $c${k} * t${k};
        }`).join('')}
        if ($inside > 0 && $rest == 0) { $total = $total + ${x('$from')}; }
        ${loops.map(() => '}').join('')}`,
      value: '$total',
    }),
  });
});

interface Axis { readonly size: number; readonly stride: number; readonly own: number }

/** y = 0, then y.flat[offset + sum_k i_k strides_k] += x[i]. */
export const stridedAdd: GpuKernel = (command, bench) => {
  const [x, y] = [input(command, 0), output(command, 0)];
  const own = x.shape.map((_, axis) => x.shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const { sizes, strides: [steps = [], ownSteps = []] } = joinAxes(x.shape, [command.attrs['strides'] as readonly number[], own]);
  let origin = command.attrs['offset'] as number;
  let first = 0;
  const axes = sizes.map((size, k): Axis => {
    const [stride, step] = [steps[k] ?? 0, ownSteps[k] ?? 0];
    if (stride >= 0) return { size, stride, own: step };
    // Walked from its other end, so that every stride is positive.
    origin += (size - 1) * stride;
    first += (size - 1) * step;
    return { size, stride: -stride, own: -step };
  }).sort((a, b) => a.stride - b.stride);
  const [decoded, searched]: [Axis[], Axis[]] = [[], []];
  let reach = 0;
  for (const axis of axes) {
    if (axis.stride > reach) {
      decoded.unshift(axis);
      reach += (axis.size - 1) * axis.stride;
    } else if (axis.size > 1) searched.push(axis);
  }
  const of = (key: keyof Axis, list: readonly Axis[]): number[] => list.map((axis) => axis[key]);
  bench.run(addStrided(decoded.length, searched.length), {
    inputs: [x],
    ints: [origin, first, ...of('size', decoded), ...of('stride', decoded), ...of('own', decoded), ...of('size', searched), ...of('stride', searched), ...of('own', searched)],
    output: y,
  });
};
