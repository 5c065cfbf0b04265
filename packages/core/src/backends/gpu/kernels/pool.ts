/** Pooling over three spatial axes. A window covers `[$aX, $bX)` in steps of `dX` along each axis X, whether it slides or adapts. */
import type { AvgPoolAttrs, PoolAttrs, Triple } from '../../../kernels/structured';
import type { Command, TensorRef } from '../../executor';
import { coordinates, sizeNames } from '../axes';
import { defineProgram, programFamily } from '../program';
import { type GpuKernel, input, output } from './kernel';

const axes = ['D', 'H', 'W'] as const;
const each = (...letters: readonly string[]): string[] => letters.flatMap((letter) => axes.map((axis) => `${letter}${axis}`));
const coordinate = (axis: string): string => `$c${2 + axes.indexOf(axis as 'D')}`;

type Kind = 'sliding' | 'adaptive';

/** Where a window of the cell with coordinate `at` along an axis begins and ends, unclipped. */
const span = (kind: Kind, axis: string, at: string): string => (kind === 'sliding'
  ? `const $a${axis} = ${at} * s${axis} - p${axis};\nconst $b${axis} = $a${axis} + (k${axis} - 1) * d${axis} + 1;`
  : `const $a${axis} = quotient(${at} * x${axis}, y${axis});\nconst $b${axis} = quotient((${at} + 1) * x${axis} + y${axis} - 1, y${axis});`);

/** Names of what `window` needs: sizes of the large tensor x and the small one y; how windows slide. */
const names = (kind: Kind): string[] => (kind === 'sliding' ? each('x', 'y', 'k', 's', 'p', 'd') : each('x', 'y', 'd'));

const ONES: Triple = [1, 1, 1];
const values = (kind: Kind, x: TensorRef, y: TensorRef, attrs: PoolAttrs): number[] => (kind === 'sliding'
  ? [...x.shape.slice(2), ...y.shape.slice(2), ...attrs.kernel, ...attrs.stride, ...attrs.padding, ...attrs.dilation]
  : [...x.shape.slice(2), ...y.shape.slice(2), ...ONES]);

/** Loops over a window's cells inside x, with something before and after each row of them. */
const overWindow = (inner: string, before = '', after = ''): string => `
  for (let $xD = $aD; $xD < $bD; $xD += dD) {
    for (let $xH = $aH; $xH < $bH; $xH += dH) {
      ${before}
      for (let $xW = $aW; $xW < $bW; $xW += dW) {
        if (${axes.map((axis) => `$x${axis} >= 0 && $x${axis} < x${axis}`).join(' && ')}) { ${inner} }
      }
      ${after}
    }
  }`;

const PLANE = 'const $plane = ($c0 * n1 + $c1) * xD;';
const cell = '(($plane + $xD) * xH + $xH) * xW + $xW';

const extreme = programFamily((kind: Kind, part: 'value' | 'index') => defineProgram({
  name: part === 'value' ? 'maxPool' : 'maxPool.index',
  inputs: ['x'],
  ints: [...sizeNames(5), ...names(kind)],
  floats: ['lowest'],
  code: ({ x }) => ({
    body: `
      ${coordinates(5)}
      ${axes.map((axis) => span(kind, axis, coordinate(axis))).join('\n')}
      ${PLANE}
      let $best = lowest;
      let $at = 0;
      let $seen = 0;
      ${overWindow(`
        const $value = ${x(cell)};
        if ($seen < 1 || (!($value <= $best) && $best == $best)) {
          $best = $value;
          $at = ($xD * xH + $xH) * xW + $xW;
          $seen = 1;
        }`)}`,
    value: part === 'value' ? '$best' : '$at',
  }),
}));

const maximum = (kind: Kind): GpuKernel => (command, bench) => {
  const [x, y, index] = [input(command, 0), output(command, 0), output(command, 1)];
  const ints = [...y.shape.slice(1), ...values(kind, x, y, command.attrs as unknown as PoolAttrs)];
  bench.run(extreme(kind, 'value'), { inputs: [x], ints, floats: [-Infinity], output: y });
  bench.run(extreme(kind, 'index'), { inputs: [x], ints, floats: [-Infinity], output: index });
};

/** x [N, C, D, H, W] -> y, and the flat index in D H W of the first maximum. */
export const maxPool = maximum('sliding');
export const adaptiveMaxPool = maximum('adaptive');

/** What a window's sum is divided by: the cells inside, those with padding (`full`), or a number. */
type Divisor = 'inside' | 'full' | 'fixed';

/** The divisor of the window at hand. Averages do not dilate. */
const divisorOf = (divisor: Divisor): string => ({
  inside: axes.map((axis) => `(Math.min($b${axis}, x${axis}) - Math.max($a${axis}, 0))`).join(' * '),
  full: axes.map((axis) => `(Math.min($b${axis}, x${axis} + p${axis}) - $a${axis})`).join(' * '),
  fixed: 'fixed',
})[divisor];

const mean = programFamily((kind: Kind, divisor: Divisor) => defineProgram({
  name: 'avgPool',
  inputs: ['x'],
  ints: [...sizeNames(5), ...names(kind)],
  floats: ['fixed'],
  code: ({ x }) => ({
    body: `
      ${coordinates(5)}
      ${axes.map((axis) => span(kind, axis, coordinate(axis))).join('\n')}
      ${PLANE}
      let $total = 0;
      ${overWindow(`$line = $line + ${x(cell)};`, 'let $line = 0;', '$total = $total + $line;')}`,
    value: `$total / (${divisorOf(divisor)})`,
  }),
}));

/** Windows that contain a cell lie between two coordinates of y; each of them is asked. */
const spread = programFamily((kind: Kind, divisor: Divisor) => defineProgram({
  name: 'avgPoolGrad',
  inputs: ['dy'],
  ints: [...sizeNames(5), ...names(kind)],
  floats: ['fixed'],
  code: ({ dy }) => ({
    body: `
      ${coordinates(5)}
      const $plane = ($c0 * n1 + $c1) * yD;
      ${axes.map((axis) => (kind === 'sliding'
        ? `const $f${axis} = Math.max(0, quotient(${coordinate(axis)} + p${axis} - k${axis}, s${axis}) + 1);
           const $l${axis} = Math.min(y${axis} - 1, quotient(${coordinate(axis)} + p${axis}, s${axis}));`
        : `const $f${axis} = Math.max(0, quotient(${coordinate(axis)} * y${axis}, x${axis}) - 1);
           const $l${axis} = Math.min(y${axis} - 1, quotient((${coordinate(axis)} + 1) * y${axis}, x${axis}) + 1);`)).join('\n')}
      let $total = 0;
      for (let $yD = $fD; $yD <= $lD; $yD += 1) {
        ${span(kind, 'D', '$yD')}
        for (let $yH = $fH; $yH <= $lH; $yH += 1) {
          ${span(kind, 'H', '$yH')}
          for (let $yW = $fW; $yW <= $lW; $yW += 1) {
            ${span(kind, 'W', '$yW')}
            if (${axes.map((axis) => `${coordinate(axis)} >= $a${axis} && ${coordinate(axis)} < $b${axis}`).join(' && ')}) {
              $total = $total + ${dy('(($plane + $yD) * yH + $yH) * yW + $yW')} / (${divisorOf(divisor)});
            }
          }
        }
      }`,
    value: '$total',
  }),
}));

function averaging(command: Command, kind: Kind): { readonly attrs: PoolAttrs; readonly divisor: Divisor; readonly fixed: number } {
  const attrs = command.attrs as unknown as AvgPoolAttrs;
  if (kind === 'adaptive') return { attrs: { ...attrs, dilation: ONES }, divisor: 'inside', fixed: 1 };
  return { attrs: { ...attrs, dilation: ONES }, divisor: attrs.divisor ? 'fixed' : attrs.countIncludePad ? 'full' : 'inside', fixed: attrs.divisor };
}

const average = (kind: Kind): GpuKernel => (command, bench) => {
  const [x, y] = [input(command, 0), output(command, 0)];
  const { attrs, divisor, fixed } = averaging(command, kind);
  bench.run(mean(kind, divisor), { inputs: [x], ints: [...y.shape.slice(1), ...values(kind, x, y, attrs)], floats: [fixed], output: y });
};

const averageGrad = (kind: Kind): GpuKernel => (command, bench) => {
  const [dy, dx] = [input(command, 0), output(command, 0)];
  const { attrs, divisor, fixed } = averaging(command, kind);
  bench.run(spread(kind, divisor), { inputs: [dy], ints: [...dx.shape.slice(1), ...values(kind, dx, dy, attrs)], floats: [fixed], output: dx });
};

export const avgPool = average('sliding');
export const avgPoolGrad = averageGrad('sliding');
export const adaptiveAvgPool = average('adaptive');
export const adaptiveAvgPoolGrad = averageGrad('adaptive');
