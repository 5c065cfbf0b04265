/** Elementwise commands: each row's expressions, put into a program an output. */
import { fail } from '../../../errors';
import { type ElementwiseRow, elementwiseRow, elementwiseRows } from '../../../kernels/elementwise';
import { broadcastWalk, coordinates, sizeNames } from '../axes';
import { translate } from '../expression';
import { defineProgram, programFamily } from '../program';
import { canBeTogether, togetherInWgsl } from '../wgsl/together';
import { type GpuKernel, output } from './kernel';

/** How an input is walked: with the output, always its first element, or by strides. */
type Step = 'same' | 'one' | 'strided';

/** Scalars that a row takes from 1. For one near 1 the device would be left with few digits, so the host subtracts. */
const complements = new Map(elementwiseRows.map(({ name, scalars, let: parts, outputs }) =>
  [name, scalars.filter((scalar) => [...parts, ...outputs].some(([, expression]) => expression.includes(`(1 - ${scalar})`)))]));

/** Divisions that are rounded to whole numbers, by functions that know exact multiples. */
const exactly = (expression: string): string =>
  expression.replace(/floor\((\w+) \/ (\w+)\)/g, 'floorQuotient($1, $2)').replace(/trunc\((\w+) \/ (\w+)\)/g, 'truncQuotient($1, $2)');

const named = (name: string): ElementwiseRow => elementwiseRow(name) ?? fail('backend', `gpu: no kernel named '${name}'.`);

const program = programFamily((name: string, type: string, out: number, rank: number, steps: string, together: boolean) => {
  const row = named(name);
  const kinds = steps.split(' ') as Step[];
  const strided = row.inputs.filter((_, k) => kinds[k] === 'strided');
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  const locals = new Set([...row.inputs, ...row.let.map(([local]) => local)]);
  const truths = new Set(row.kind === 'logical' ? row.inputs : row.kind === 'select' ? ['condition'] : []);
  const rests = complements.get(name) ?? [];
  const prepared = (expression: string): string => rests.reduce((e, scalar) => e.replaceAll(`(1 - ${scalar})`, `${scalar}_rest`), exactly(expression));
  const parts = row.let.map(([local, expression]) => ({ local, ...translate(prepared(expression), locals) }));
  const expression = row.outputs[out]?.[1] ?? '';
  const result = translate(prepared(type === 'int32' && name === 'div' ? `trunc(${expression})` : expression), locals, truths);
  return defineProgram({
    name,
    wgsl: together ? togetherInWgsl(row, prepared, kinds.map((kind) => kind === 'same')) : undefined,
    inputs: row.inputs,
    ints: strided.length === 0 ? [] : [...sizeNames(rank), ...strided.flatMap((input) => axes.map((axis) => `${input}_s${axis}`))],
    floats: [...row.scalars, ...rests.map((scalar) => `${scalar}_rest`)],
    functions: [...new Map([...parts, result].flatMap(({ functions }) => functions).map((f) => [f.name, f])).values()],
    code: (read) => ({
      body: [
        ...(strided.length > 0 ? [coordinates(rank)] : []),
        ...row.inputs.map((input, k) => {
          const index = { same: '$i', one: '0', strided: axes.map((axis) => `$c${axis} * ${input}_s${axis}`).join(' + ') }[kinds[k] ?? 'same'];
          return `const $${input} = ${read[input]?.(index ?? '0')};`;
        }),
        ...parts.map(({ local, source }) => `const $${local} = ${source};`),
      ].join('\n'),
      value: result.condition ? `(${result.source}) ? 1 : 0` : `(${result.source})`,
    }),
  });
});

/** Whether a row of one output is the same in WGSL: numbers in, numbers out, and no division that has to know exact multiples. */
const isPlain = ({ name, kind }: ElementwiseRow, type: string): boolean =>
  (kind === 'float' || kind === 'numeric') && name !== 'remainder' && (name !== 'div' || type !== 'int32');

/** Every WebGPU device binds so many in a shader. */
const MOST_BUFFERS = 8;

/** On WebGPU all outputs of a row are made together, where they can be, four elements at once: an optimizer reads its state once. */
export const elementwise: GpuKernel = (command, bench) => {
  const { inputs, outputs } = command;
  const y = output(command, 0);
  const steps = inputs.map(({ size }): Step => (size === y.size ? 'same' : size === 1 ? 'one' : 'strided'));
  const walk = steps.includes('strided') ? broadcastWalk(y.shape, inputs.map(({ shape }) => shape)) : undefined;
  const ints = walk ? [...walk.sizes.slice(1), ...steps.flatMap((step, k) => (step === 'strided' ? walk.strides[k] ?? [] : []))] : [];
  const row = named(command.kernel);
  const { scalars } = row;
  const rests = complements.get(command.kernel) ?? [];
  const floats = [...command.scalars, ...rests.map((scalar) => 1 - (command.scalars[scalars.indexOf(scalar)] ?? 0))];
  const type = inputs[0]?.dtype ?? 'float32';
  const aligned = inputs.every(({ offset }, k) => steps[k] === 'one' || (steps[k] === 'same' && offset % 4 === 0));
  // Of one element, the gate would count as one of the whole inputs.
  if (bench.device.wgsl && (outputs.length > 1 || isPlain(row, type)) && steps.includes('same') && y.size > 1 && aligned && inputs.length + outputs.length <= MOST_BUFFERS && canBeTogether(row)) {
    bench.run(program(command.kernel, type, 0, 0, steps.join(' '), true), { inputs, ints, floats, output: y, others: outputs.slice(1) });
    return;
  }
  outputs.forEach((out, k) => {
    bench.run(program(command.kernel, type, k, walk?.sizes.length ?? 0, steps.join(' '), false), { inputs, ints, floats, output: out });
  });
};
