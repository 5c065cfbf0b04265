/**
 * Programs: gpu.js kernels written once for every mode. A program says how one element of its output follows from flat
 * inputs; here that becomes the source of a kernel that makes one element a thread, or four.
 *
 * In a program's code `$i` is the index of the element, and every local name begins with `$`, so that the code can stand four
 * times in one kernel. An input is read through the function that the code is given, which adds the offset of the tensor in
 * its storage: `x('$i')`. Sizes and strides are `ints`, what varies each step is `floats`; neither compiles anything anew.
 *
 * gpu.js counts in float32: whole numbers are exact to 2^24, and `quotient(a, b)` divides them exactly.
 */
import { fail } from '../../errors';
import type { StorageHandle } from '../executor';

/** A function of numbers that a program calls. */
export interface HelperFunction {
  readonly name: string;
  readonly source: string;
  readonly argumentTypes: readonly string[];
  readonly returnType: string;
}

/** A helper from its JavaScript, `(a, b) { … }` without the word and the name. */
export const helperFunction = (name: string, source: string): HelperFunction => ({
  name, source: `function ${name}${source}`, argumentTypes: source.slice(1, source.indexOf(')')).split(',').map(() => 'Float'), returnType: 'Float',
});

/** WGSL that runs on gpu.js's device in mode `webgpu` beside the kernel, on the same call; devices/webgpu/variant.ts declares its arguments. */
export interface WgslVariant {
  readonly source: string;
  /** Inputs, `result`, or other results, bound as `vec4<f32>`. */
  readonly wide?: readonly string[];
  /** Names of what it writes beside `result`, in the order of the call's `others`. */
  readonly others?: readonly string[];
  /** How many of a call, in one row. Shaders find the number as `call.header.x`; of threads there are 64 in a workgroup. */
  readonly count: (call: ProgramCall) => number;
  readonly counted: 'workgroups' | 'threads';
}

/**
 * GLSL that runs in mode `webgl2` beside the kernel, on the same call, where the inputs begin at whole texels: a function `vec4 four(int i)` of the elements
 * from `i` on. devices/webgl/variant.ts declares the inputs and numbers.
 */
export type GlslVariant = string;

/** The JavaScript that reads element `index` of an input. */
export type Reader = (index: string) => string;

export interface ProgramSpec<Input extends string = string> {
  /** For people: profiles, errors, the progress of compilation. */
  readonly name: string;
  readonly inputs: readonly Input[];
  readonly ints?: readonly string[];
  readonly floats?: readonly string[];
  readonly functions?: readonly HelperFunction[];
  /** Statements that come before, and the expression of the element. */
  readonly code: (read: Readonly<Record<Input, Reader>>) => { readonly body?: string; readonly value: string };
  /** The same of the elements from `$i` to `$i + 3` together, where they share what they read; without it `code` stands four times. */
  readonly four?: ((read: Readonly<Record<Input, Reader>>) => { readonly body: string; readonly values: readonly string[] }) | undefined;
  readonly wgsl?: WgslVariant | undefined;
  readonly glsl?: GlslVariant | undefined;
}

export interface Program {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly ints: readonly string[];
  readonly floats: readonly string[];
  readonly functions: readonly HelperFunction[];
  /** Names of the kernel's arguments: inputs, their offsets, ints, floats. */
  readonly parameters: readonly string[];
  /** gpu.js's types of the arguments. */
  readonly argumentTypes: readonly string[];
  readonly wgsl?: WgslVariant | undefined;
  readonly glsl?: GlslVariant | undefined;
  /** Whether there is no gpu.js kernel beside it. */
  readonly wgslOnly?: boolean;
  source(lanes: Lanes): string;
}

/** Elements that a thread makes. */
export type Lanes = 1 | 4;

/** A run of elements in a storage. */
export interface Operand { readonly handle: StorageHandle; readonly offset: number; readonly size: number }

export interface ProgramCall {
  readonly inputs: readonly Operand[];
  readonly ints?: readonly number[];
  readonly floats?: readonly number[];
  /** All of it is written; it begins its storage. */
  readonly output: Operand;
  /** As `output`, of WGSL that writes more. */
  readonly others?: readonly Operand[];
}

/** Floored quotient of whole numbers below 2^24, exact although the division rounds. */
const quotient = helperFunction('quotient', `(a, b) {
  let q = Math.floor(a / b);
  const r = a - q * b;
  if (r < 0) { q = q - 1; }
  if (r >= b) { q = q + 1; }
  return q;
}`);

export function defineProgram<const Input extends string>(spec: ProgramSpec<Input>): Program {
  const { name, inputs, ints = [], floats = [] } = spec;
  const offsets = inputs.map((input) => `${input}_o`);
  const read = Object.fromEntries(inputs.map((input) => [input, (index: string) => `${input}[${input}_o + (${index})]`])) as Record<Input, Reader>;
  const { body = '', value } = spec.code(read);
  const four = spec.four?.(read);
  const functions = [...(spec.functions ?? []), ...(`${body}${value}${four?.body}`.includes('quotient(') ? [quotient] : [])];
  const parameters = [...inputs, ...offsets, ...ints, ...floats];
  const lane = (k: number, index: string): string => `const $i = ${index};\n${body}\nconst $result = ${value};\n`.replaceAll('$', `l${k}_`);
  const thread = four
    ? `const $i = this.thread.x * 4;\n${four.body}\nreturn [${four.values.join(', ')}];\n`.replaceAll('$', 'l_')
    : `${[0, 1, 2, 3].map((k) => lane(k, `this.thread.x * 4 + ${k}`)).join('')}return [l0_result, l1_result, l2_result, l3_result];\n`;
  const sources: Record<Lanes, string> = {
    1: `function (${parameters.join(', ')}) {\n${lane(0, 'this.thread.x')}return l0_result;\n}`,
    4: `function (${parameters.join(', ')}) {\n${thread}}`,
  };
  return {
    name, inputs, ints, floats, functions, parameters,
    argumentTypes: [...inputs.map(() => 'Array'), ...offsets.map(() => 'Integer'), ...ints.map(() => 'Integer'), ...floats.map(() => 'Float')],
    wgsl: spec.wgsl,
    glsl: spec.glsl,
    source: (lanes) => sources[lanes],
  };
}

/** A program without gpu.js's kernel: WGSL that does in one pass what several programs do elsewhere. Runs where the device has `wgsl`. */
export function wgslProgram({ name, inputs, ints = [], floats = [], wgsl }: Pick<ProgramSpec, 'name' | 'inputs' | 'ints' | 'floats'> & { readonly wgsl: WgslVariant }): Program {
  const offsets = inputs.map((input) => `${input}_o`);
  return {
    name, inputs, ints, floats, functions: [], wgsl, wgslOnly: true,
    parameters: [...inputs, ...offsets, ...ints, ...floats],
    argumentTypes: [...inputs.map(() => 'Array'), ...offsets.map(() => 'Integer'), ...ints.map(() => 'Integer'), ...floats.map(() => 'Float')],
    source: () => fail('backend', `gpu: program '${name}' has WGSL alone.`),
  };
}

/** Makes each program of a family once, so that what is compiled for it is found again. */
export function programFamily<Key extends readonly (string | number | boolean)[]>(make: (...key: Key) => Program): (...key: Key) => Program {
  const made = new Map<string, Program>();
  return (...key) => {
    const id = key.join('|');
    let program = made.get(id);
    if (!program) made.set(id, program = make(...key));
    return program;
  };
}
