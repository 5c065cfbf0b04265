/** Cases of every elementwise row, made from the row itself; what a row needs beyond the common is in `domains` and `settings`. */
import { type DType, type ElementwiseRow, elementwiseRows } from '@parsimony/core';
import type { HostTensor } from '../run-kernel';
import { bool, casesOf, EXACT, float, int, type KernelCase, ROUNDED, SUMMED, values } from './case';

type Range = readonly [low: number, high: number];

/** Where inputs lie, by `row.input` or input. Elsewhere -4 to 4, which reaches both branches of every activation. */
const domains: Readonly<Record<string, Range>> = {
  'log.x': [0.01, 50], 'log1p.x': [-0.9, 50], 'sqrt.x': [0, 50], 'rsqrt.x': [0.01, 50], 'reciprocal.x': [0.01, 5], 'tan.x': [-1.5, 1.5],
  'pow.a': [0.05, 4], 'powScalar.x': [0.05, 4], 'div.b': [0.25, 4], 'remainder.b': [0.75, 4], 'exp.x': [-20, 20], 'sin.x': [-50, 50], 'cos.x': [-50, 50],
  'sigmoidGrad.y': [0, 1], 'tanhGrad.y': [-1, 1], v: [0, 2], s: [1, 3], vmax: [0, 2], mean: [-0.5, 0.5],
};

/** Values of scalars by name, in turn; a flag takes 0 and 1. */
const settings: Readonly<Record<string, readonly number[]>> = {
  scale: [-1.5], shift: [0.25], exponent: [2, 3, 0.5, -1, 0, 1, 2.5], weight: [0.1, 1], slope: [0.01], alpha: [0.9], low: [-0.5], high: [0.75],
  lr: [0.01], coupledDecay: [0.01, 0], decoupledDecay: [0.001, 0], momentum: [0.9, 0], dampening: [0.1], nesterov: [0, 1], first: [0, 1],
  beta1: [0.9], beta2: [0.999], eps: [1e-8], correction1: [0.1, 0.5], sqrtCorrection2: [0.0316], centered: [0, 1],
};

/** Float rows whose error exceeds a few roundings: powers go through a logarithm, updates subtract 1 - beta. */
const loose = new Set(['pow', 'powScalar', 'tan', 'adamStep', 'adamAmsgradStep', 'rmspropStep', 'adagradStep', 'mish']);
/** Rows that decide, round to whole numbers or copy. */
const exactKinds: ReadonlySet<string> = new Set(['compare', 'logical', 'test', 'select', 'toFloat', 'toInt', 'toBool']);
const exactRows = new Set(['neg', 'abs', 'sign', 'relu', 'floor', 'ceil', 'round', 'trunc', 'minimum', 'maximum', 'reluGrad', 'clampGrad', 'clamp']);

const SPECIAL = [NaN, Infinity, -Infinity, 0, -0, 1, -1, 100, -100, 1e30, -1e30, 1e-30];
/** Reducing 1e30 by multiples of pi takes more digits than float32 kernels carry. */
const periodic = new Set(['sin', 'cos', 'tan']);
const PAIRED = [NaN, Infinity, -Infinity, 0, 1, -1, 2, -2, 0.5, 3];
/** Halves round to even; integers and their neighbours decide. */
const EDGES = [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, -3, -1, 0, 1, 3, 6, -6, 0.49999997, 8388609, -8388609];

/** Sizes around those where devices cut work into pieces: vectors of 4, groups of 64 and 256, loops of 1000, 65535 groups; and one large. */
const cuts = [3, 4, 5, 63, 64, 65, 255, 256, 257, 1000, 1001, 65535, 65536, 65537];
/** For rows that stand for all: of one input, two and three, and of each type. */
const limits: Readonly<Record<string, readonly number[]>> = { add: [...cuts, 2 ** 20], exp: [...cuts, 2 ** 20 + 1], where: cuts, greater: [3, 5, 65, 257, 65537] };

const sizes: readonly (readonly number[])[] = [[0], [1], [], [7], [1030]];
const broadcasts: readonly (readonly [readonly number[], readonly number[], readonly number[]])[] = [
  [[2, 3, 4], [4], [2, 3, 4]], [[3, 1], [1, 5], [3, 5]], [[], [6], [6]], [[33], [1], [33]], [[2, 1, 3], [4, 1], [2, 4, 3]], [[5, 0], [1], [5, 0]],
];

export function elementwiseCases(): KernelCase[] {
  return elementwiseRows.flatMap((row) => {
    const rtol = exactKinds.has(row.kind) || exactRows.has(row.name) ? EXACT : loose.has(row.name) ? SUMMED : ROUNDED;
    return inputTypes(row).flatMap((inputs) => rowCases(row, inputs, inputs.includes('int32') ? EXACT : rtol));
  });
}

/** The types that a row's inputs may have. */
function inputTypes(row: ElementwiseRow): readonly (readonly DType[])[] {
  const all = (dtype: DType): DType[] => row.inputs.map(() => dtype);
  switch (row.kind) {
    case 'float': case 'test': return [all('float32')];
    case 'numeric': case 'compare': return [all('float32'), all('int32')];
    case 'logical': return [all('bool')];
    case 'toFloat': return [['int32'], ['bool']];
    case 'toInt': return [['float32'], ['bool']];
    case 'toBool': return [['float32'], ['int32']];
    case 'select': return [['bool', 'float32', 'float32'], ['bool', 'int32', 'int32']];
  }
}

function outputType(row: ElementwiseRow, inputs: readonly DType[]): DType {
  switch (row.kind) {
    case 'float': case 'toFloat': return 'float32';
    case 'toInt': return 'int32';
    case 'compare': case 'logical': case 'test': case 'toBool': return 'bool';
    case 'numeric': case 'select': return inputs[inputs.length - 1] ?? 'float32';
  }
}

function rowCases(row: ElementwiseRow, inputTypesOfRow: readonly DType[], rtol: number): KernelCase[] {
  const make = casesOf(row.name, rtol);
  const dtype = outputType(row, inputTypesOfRow);
  const results = (shape: readonly number[]) => row.outputs.map(() => ({ shape, dtype }));
  const drawn = (name: string, k: number, shape: readonly number[]): HostTensor => draw(row, name, inputTypesOfRow[k] ?? 'float32', shape, k + 1);
  const gated = row.inputs.includes('gate');
  const cases: KernelCase[] = [];
  const scalarSets = combinations(row.scalars);
  const label = inputTypesOfRow[row.inputs.length - 1] ?? 'float32';

  for (const shape of sizes) {
    const inputs = row.inputs.map((name, k) => (name === 'gate' ? values([1], []) : drawn(name, k, shape)));
    cases.push(make(`${label} [${shape.join(', ')}]`, inputs, results(shape), { scalars: scalarSets[0] ?? [] }));
  }
  for (const scalars of scalarSets.slice(1)) {
    const inputs = row.inputs.map((name, k) => (name === 'gate' ? values([1], [1]) : drawn(name, k, [13])));
    cases.push(make(`scalars ${scalars.join(', ')}`, inputs, results([13]), { scalars }));
  }
  if (gated) {
    const inputs = row.inputs.map((name, k) => (name === 'gate' ? values([0], []) : name === 'g' ? values([NaN, Infinity, 1, 2, 3], [5]) : drawn(name, k, [5])));
    cases.push(make('a step that is skipped', inputs, results([5]), { scalars: scalarSets[0] ?? [], nonFinite: true }));
    const fresh = row.inputs.map((name, k) => (name === 'gate' ? values([1], []) : ['m', 'v', 'vmax', 's', 'mean'].includes(name) ? values(Array(9).fill(0)) : drawn(name, k, [9])));
    cases.push(make('the first step', fresh, results([9]), { scalars: scalarSets[0] ?? [] }));
    return cases;
  }
  if (row.inputs.length === 2) for (const [a, b, y] of broadcasts) {
    cases.push(make(`${label} [${a.join(', ')}] with [${b.join(', ')}]`, row.inputs.map((name, k) => drawn(name, k, k === 0 ? a : b)), results(y), { scalars: scalarSets[0] ?? [] }));
  }
  if (row.inputs.length === 3) {
    cases.push(make('[3, 1] with [4] and []', row.inputs.map((name, k) => drawn(name, k, [[3, 1], [4], []][k] ?? [])), results([3, 4]), {}));
  }
  const around = label === 'float32' ? limits[row.name] ?? [] : [];
  for (const size of around) cases.push(make(`${label} [${size}]`, row.inputs.map((name, k) => drawn(name, k, [size])), results([size]), {}));
  if (around.length > 0) {
    const shapes = [[2, 1, 3, 1, 2, 1], [1, 2, 1, 3, 1, 2], [3, 1, 1]].slice(0, row.inputs.length);
    const all = row.inputs.length === 1 ? [2, 1, 3, 1, 2, 1] : [2, 2, 3, 3, 2, 2];
    cases.push(make(`${label}, six axes`, row.inputs.map((name, k) => drawn(name, k, shapes[k] ?? [])), results(all), {}));
  }
  return [...cases, ...specialCases(row, inputTypesOfRow, rtol)];
}

/** NaN, infinities and zeros in every place; the extremes of int32. */
function specialCases(row: ElementwiseRow, inputs: readonly DType[], rtol: number): KernelCase[] {
  const make = casesOf(row.name, rtol);
  const dtype = outputType(row, inputs);
  const scalars = combinations(row.scalars)[0] ?? [];
  const first = inputs[0] ?? 'float32';
  if (row.kind === 'logical') {
    const [a, b] = [values([0, 0, 1, 1], [4], 'bool'), values([0, 1, 0, 1], [4], 'bool')];
    return [make('the truth table', row.inputs.length === 1 ? [a] : [a, b], [{ shape: [4], dtype }])];
  }
  if (row.kind === 'select' || first === 'bool') return [];
  if (first === 'int32') {
    const extremes = [2147483647, -2147483648, 1, -7, 65537, 0, 123456789];
    const pairs = extremes.flatMap((a) => [3, -2, 2147483647, 987654321].map((b) => [a, b] as const));
    if (row.inputs.length === 1) return [make('int32 extremes', [values(extremes, [7], 'int32')], [{ shape: [7], dtype }])];
    return [make('int32 extremes', [0, 1].map((k) => values(pairs.map((p) => p[k] ?? 0), [28], 'int32')), [{ shape: [28], dtype }])];
  }
  if (row.inputs.length === 1) {
    const cases = [make('edges', [values(EDGES)], [{ shape: [EDGES.length], dtype }], { scalars })];
    const special = SPECIAL.filter((v) => !periodic.has(row.name) || !Number.isFinite(v) || Math.abs(v) <= 100);
    // Which int32 a NaN or 1e30 becomes is nobody's promise.
    return row.kind === 'toInt' ? cases : [...cases, make('special values', [values(special)], [{ shape: [special.length], dtype }], { scalars, nonFinite: true })];
  }
  if (row.inputs.length !== 2) return [];
  const pairs = PAIRED.flatMap((a) => PAIRED.map((b) => [a, b] as const));
  return [make('special values', [0, 1].map((k) => values(pairs.map((p) => p[k] ?? 0))), [{ shape: [pairs.length], dtype }], { scalars, nonFinite: true })];
}

function draw(row: ElementwiseRow, name: string, dtype: DType, shape: readonly number[], seed: number): HostTensor {
  if (dtype === 'bool') return bool(shape, { seed });
  // Int32 division by zero is nobody's promise.
  if (dtype === 'int32') return row.name === 'div' && name === 'b' ? int(shape, { seed, low: 1, high: 9 }) : int(shape, { seed });
  const [low, high] = domains[`${row.name}.${name}`] ?? domains[name] ?? [-4, 4];
  return float(shape, { seed, low, high });
}

/** Every combination of the scalars' values. */
function combinations(names: readonly string[]): number[][] {
  return names.reduce<number[][]>((sets, name) => {
    const options = settings[name] ?? [0.5];
    return sets.flatMap((set) => options.map((value) => [...set, value]));
  }, [[]]);
}
