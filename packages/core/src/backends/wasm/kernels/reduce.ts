/** reduce: sums are trees whose shape depends on the sizes alone. */
import { ceilDiv, type HostKernel, input, type Machine, output } from '../machine';

const operations = ['sum', 'max', 'min', 'prod'] as const;
/** Elements, or rows where there are several columns, summed in one run. */
const ROW_PART = 16384, COLUMN_PART = 256;
const STRIP = 64;

export const reduce: HostKernel = (machine, command) => {
  const x = input(command, 0);
  const [outer = 1, n = 1, inner = 1] = x.shape;
  const operation = operations.indexOf(command.attrs.op as 'sum') + (x.dtype === 'float32' ? 0 : 4);
  reduceInto(machine, machine.pointer(x), machine.pointer(output(command, 0)), outer, n, inner, operation);
};

/** y [outer, inner] from x [outer, n, inner]. */
export function reduceInto(machine: Machine, x: number, y: number, outer: number, n: number, inner: number, operation: number): void {
  if (outer * inner === 0) return;
  const part = inner === 1 ? ROW_PART : COLUMN_PART;
  const parts = n < 2 * part ? 1 : ceilDiv(n, part);
  if (parts === 1) {
    pass(machine, x, y, outer, n, inner, operation, Math.max(n, 1), 1);
    return;
  }
  machine.temporary(outer * parts * inner * 4, (partial) => {
    pass(machine, x, partial, outer, n, inner, operation, part, parts);
    reduceInto(machine, partial, y, outer, parts, inner, operation);
  });
}

function pass(machine: Machine, x: number, y: number, outer: number, n: number, inner: number, operation: number, part: number, parts: number): void {
  const cost = outer * n * inner * 0.25;
  if (inner === 1) {
    const perChunk = Math.max(1, Math.floor(ROW_PART / Math.min(part, Math.max(n, 1))));
    machine.set(x, y, outer, n, inner, operation, part, parts, perChunk);
    machine.launch('reduceRows', ceilDiv(outer * parts, perChunk), cost);
  } else {
    machine.set(x, y, outer, n, inner, operation, part, parts, STRIP);
    machine.launch('reduceColumns', outer * parts * ceilDiv(inner, STRIP), cost);
  }
}
