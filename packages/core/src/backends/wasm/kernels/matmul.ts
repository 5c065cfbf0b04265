/** matmul and linear. */
import { type HostKernel, extent, input, output } from '../machine';
import { gemm } from './gemm';

export const linear: HostKernel = (machine, command) => {
  const x = input(command, 0);
  const [m = 0, k = 0] = x.shape;
  const y = output(command, 0);
  const n = y.shape[1] ?? 0;
  const bias = command.inputs[2];
  gemm(machine, {
    a: machine.pointer(x), b: machine.pointer(input(command, 1)), y: machine.pointer(y), m, n, k,
    transposeA: false, transposeB: true, bias: bias ? machine.pointer(bias) : 0, batch: 1, countA: 1, countB: 1,
  });
};

export const matmul: HostKernel = (machine, command) => {
  const a = input(command, 0);
  const b = input(command, 1);
  const y = output(command, 0);
  const { transposeA, transposeB } = command.attrs as { transposeA: boolean; transposeB: boolean };
  const rank = y.shape.length;
  const m = y.shape[rank - 2] ?? 1;
  const n = y.shape[rank - 1] ?? 1;
  const k = a.shape[a.shape.length - (transposeA ? 2 : 1)] ?? 1;
  const batch = extent(y.shape, 0, rank - 2);
  const countA = extent(a.shape, 0, a.shape.length - 2);
  const countB = extent(b.shape, 0, b.shape.length - 2);
  const spec = { a: machine.pointer(a), b: machine.pointer(b), y: machine.pointer(y), m, n, k, transposeA, transposeB, bias: 0, batch, countA, countB };
  if (batch === 0 || ((countA === batch || countA === 1) && (countB === batch || countB === 1))) {
    gemm(machine, spec);
    return;
  }
  // Batch axes that broadcast on both sides in different places: result by result.
  const lead = y.shape.slice(0, rank - 2);
  for (let i = 0; i < batch; i++) {
    gemm(machine, {
      ...spec, batch: 1, countA: 1, countB: 1,
      a: spec.a + matrixAt(i, lead, a.shape) * m * k * 4, b: spec.b + matrixAt(i, lead, b.shape) * k * n * 4, y: spec.y + i * m * n * 4,
    });
  }
};

/** Which matrix of an operand belongs to the i-th result. */
function matrixAt(i: number, lead: readonly number[], shape: readonly number[]): number {
  let at = 0;
  let stride = 1;
  for (let axis = lead.length - 1, own = shape.length - 3; axis >= 0; axis--, own--) {
    const size = lead[axis]!;
    const mine = shape[own] ?? 1;
    if (mine !== 1) at += (i % size) * stride;
    stride *= mine;
    i = Math.floor(i / size);
  }
  return at;
}
