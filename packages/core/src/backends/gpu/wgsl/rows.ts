/**
 * Kernels over rows of [rows, n] as one WGSL pass: threads of a row add up what each finds, in workgroup memory where there are several, and then
 * write. A processor that stands in for a GPU has one thread a row, since it pays dearly for barriers.
 */
import { type Operand, type Program, wgslProgram } from '../program';
import type { ProductWay } from '../device';
import { THREADS } from './registers';

/** Threads of a row; 0 where rows are too few and too long for that, and several passes are faster. */
export function threadsOfRow(way: ProductWay | undefined, rows: number, n: number): number {
  if (way === undefined) return 0;
  const threads = way === 'registers' ? 1 : n <= 32 ? 8 : THREADS;
  return n > LONG * threads && rows * threads < ENOUGH ? 0 : threads;
}

const LONG = 2048;
const ENOUGH = 4096;

export interface RowKernel {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly floats?: readonly string[];
  /** Results beside the first, each of one number a row. */
  readonly others?: readonly string[];
  /** Statements; `row`, `lane`, `at` (the row's first element) and `count` (its elements) are there, and `total(v)` and `top(v)` over the row's threads. */
  readonly body: string;
}

/** A loop over the row's elements that are this thread's, `j` in the row and `i` in the tensor. */
export const each = (inner: string): string => `for (var j = lane; j < count; j += LANES) { let i = at + j; ${inner} }`;

const combined = (name: string, lanes: number, join: (a: string, b: string) => string): string => (lanes === 1
  ? `fn ${name}(value: f32) -> f32 { return value; }`
  : `fn ${name}(value: f32) -> f32 {
  shared_[thread] = value;
  workgroupBarrier();
  for (var step = ${lanes / 2}u; step > 0u; step = step / 2u) {
    if (thread % ${lanes}u < step) { shared_[thread] = ${join('shared_[thread]', 'shared_[thread + step]')}; }
    workgroupBarrier();
  }
  let result_ = shared_[thread - thread % ${lanes}u];
  workgroupBarrier();
  return result_;
}`);

export const rowProgram = ({ name, inputs, floats = [], others = [], body }: RowKernel, lanes: number): Program => wgslProgram({
  name, inputs, ints: ['n'], floats,
  wgsl: {
    others, counted: 'threads',
    count: ({ ints: [n = 1] = [], output: { size } }: { ints?: readonly number[]; output: Operand }) => size / n * lanes,
    source: `
const LANES = ${lanes};
var<private> thread: u32;
${lanes === 1 ? '' : `var<workgroup> shared_: array<f32, ${THREADS}>;`}
${combined('total', lanes, (a, b) => `${a} + ${b}`)}
${combined('top', lanes, (a, b) => `max(${a}, ${b})`)}
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) place: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) index: u32) {
  thread = index;
  let number = (place.y * groups.x + place.x) * ${THREADS} + index;
  let row = i32(number) / LANES;
  let lane = i32(number) % LANES;
  // Threads past the last row take part in the barriers, with no element.
  let count = select(0, call.n, number < call.header.x);
  let at = row * call.n;
  ${body}
}`,
  },
});
