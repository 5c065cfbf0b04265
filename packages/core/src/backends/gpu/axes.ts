/** Axes as kernels see them: sizes and strides, joined where they run on, so that most commands have one axis or two. */
import { broadcastStrides, type Shape } from '../../tensor/shape';

export interface Walk {
  /** Of the output, outermost first; never empty. */
  readonly sizes: readonly number[];
  /** For each input, its stride along each axis. */
  readonly strides: readonly (readonly number[])[];
}

/** Joins neighbouring axes where, for every input, the outer one continues the run of the inner one; drops axes of size 1. */
export function joinAxes(shape: Shape, strides: readonly (readonly number[])[]): Walk {
  const kept: { size: number; steps: number[] }[] = [];
  shape.forEach((size, axis) => {
    if (size === 1) return;
    const steps = strides.map((s) => s[axis] ?? 0);
    const outer = kept[kept.length - 1];
    if (outer && outer.steps.every((step, k) => step === (steps[k] ?? 0) * size)) {
      outer.size *= size;
      outer.steps = steps;
    } else kept.push({ size, steps });
  });
  if (kept.length === 0) kept.push({ size: 1, steps: strides.map(() => 0) });
  return { sizes: kept.map(({ size }) => size), strides: strides.map((_, k) => kept.map(({ steps }) => steps[k] ?? 0)) };
}

/** The walk of an output over inputs that broadcast to it. */
export const broadcastWalk = (out: Shape, inputs: readonly Shape[]): Walk => joinAxes(out, inputs.map((shape) => broadcastStrides(shape, out)));

/**
 * Statements that split an index, `$i` unless said otherwise, into coordinates `$c0`, `$c1`, … along axes whose sizes are the ints `n1`, `n2`, … (the
 * outermost needs none).
 */
export function coordinates(rank: number, of = '$i'): string {
  const lines: string[] = [];
  let rest = of;
  for (let axis = rank - 1; axis > 0; axis--) {
    lines.push(`const $q${axis} = quotient(${rest}, n${axis});`, `const $c${axis} = ${rest} - $q${axis} * n${axis};`);
    rest = `$q${axis}`;
  }
  lines.push(`const $c0 = ${rest};`);
  return lines.join('\n');
}

/** Names of the sizes that `coordinates` needs. */
export const sizeNames = (rank: number): string[] => Array.from({ length: rank - 1 }, (_, k) => `n${k + 1}`);
