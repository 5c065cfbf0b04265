/** An elementwise row with several outputs, the update of an optimizer, as one WGSL pass: each input is read once, four elements a thread. */
import type { ElementwiseRow } from '../../../kernels/elementwise';
import type { WgslVariant } from '../program';
import { isInWgsl, type Part, wgslFormula } from './formula';

const THREADS = 64;

/** Whether WGSL has what the row's expressions need. */
export const canBeTogether = ({ let: parts, outputs }: ElementwiseRow): boolean => [...parts, ...outputs].every(([, expression]) => isInWgsl(expression));

/** `prepare` is what an expression goes through first; an input that is not `whole` is one number. */
export function togetherInWgsl(row: ElementwiseRow, prepare: (expression: string) => string, whole: readonly boolean[]): WgslVariant {
  const widths = new Map(row.inputs.map((name, k) => [name, whole[k] === true]));
  const formula = (expression: string): Part => wgslFormula(prepare(expression), (name) => {
    const wide = widths.get(name);
    return wide === undefined ? { text: `call.${name}`, wide: false } : { text: `${name}_`, wide };
  });
  const lets = row.let.map(([name, expression]) => {
    const { text, wide } = formula(expression);
    widths.set(name, wide);
    return `let ${name}_ = ${text};`;
  });
  const results = row.outputs.map(([name], k) => (k === 0 ? 'result' : `result_${name}`));
  return {
    wide: [...row.inputs.filter((_, k) => whole[k]), ...results],
    others: results.slice(1),
    counted: 'threads',
    count: ({ output: { size } }) => Math.ceil(size / 4),
    source: `
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) place: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let i = (place.y * groups.x + place.x) * ${THREADS} + thread;
  if (i >= call.header.x) { return; }
  ${row.inputs.map((name, k) => `let ${name}_ = ${name}[${whole[k] ? `i + u32(call.${name}_o) / 4` : `call.${name}_o`}];`).join('\n  ')}
  ${lets.join('\n  ')}
  ${row.outputs.map(([, expression], k) => `${results[k]}[i] = ${formula(expression).text};`).join('\n  ')}
}`,
  };
}
