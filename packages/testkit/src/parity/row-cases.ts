/** Cases of softmax, normalization, dropout and totals. */
import type { HostTensor } from '../run-kernel';
import { casesOf, EXACT, float, type KernelCase, ROUNDED, SUMMED, values } from './case';

export function rowCases(): KernelCase[] {
  return [...softmaxCases(), ...layerNormCases(), ...batchNormCases(), ...dropoutCases(), ...normalCases(), ...totalsCases()];
}

const rows = [[1, 1], [3, 7], [200, 10], [5, 1030], [0, 4], [70, 33]] as const;

function softmaxCases(): KernelCase[] {
  return (['softmax', 'logSoftmax'] as const).flatMap((kernel) => {
    const [forward, backward] = [casesOf(kernel, SUMMED), casesOf(`${kernel}Grad`, SUMMED)];
    const large = values([1000, 999, -1000, -500, -501, -499], [2, 3]);
    return [
      ...rows.flatMap((shape) => {
        // Any y will do: the gradient is an expression in dy and y.
        const y = kernel === 'softmax' ? float(shape, { seed: 2, low: 0, high: 1 }) : float(shape, { seed: 2, low: -4, high: 0 });
        return [forward(`[${shape.join(', ')}]`, [float(shape, { low: -5, high: 5 })], [shape]), backward(`[${shape.join(', ')}]`, [float(shape), y], [shape])];
      }),
      forward('values that overflow exp', [large], [[2, 3]]),
      forward('masked by -infinity', [values([1, -Infinity, 2, 0, 0, -Infinity], [2, 3])], [[2, 3]], { nonFinite: true }),
      forward('NaN', [values([1, NaN, 2, 0, 0, 1], [2, 3])], [[2, 3]], { nonFinite: true }),
    ];
  });
}

const withWeights = (n: number): readonly (readonly HostTensor[])[] => [[], [float([n], { seed: 3 }), float([n], { seed: 4 })]];

function layerNormCases(): KernelCase[] {
  const [forward, backward] = [casesOf('layerNorm', SUMMED), casesOf('layerNormGrad', SUMMED)];
  const scalars = [1e-5];
  return rows.flatMap(([count, n]) => withWeights(n).flatMap((weights) => {
    const label = `[${count}, ${n}]${weights.length > 0 ? ', with weights' : ''}`;
    const inputs = [float([count, n]), float([count, n], { seed: 2 }), float([count], { low: -0.2, high: 0.2 }), float([count], { seed: 5, low: 0.5, high: 2 }), ...weights.slice(0, 1)];
    return [
      forward(label, [float([count, n], { low: 1, high: 4 }), ...weights], [[count, n], [count], [count]], { scalars }),
      backward(label, inputs, [[count, n], ...weights.map(() => [n])]),
    ];
  }));
}

function batchNormCases(): KernelCase[] {
  const [forward, backward] = [casesOf('batchNorm', SUMMED), casesOf('batchNormGrad', SUMMED)];
  const scalars = [1e-3];
  return ([[1, 1, 1], [8, 5, 1], [128, 70, 1], [3, 4, 37], [4, 3, 400], [2, 2, 1024], [1100, 3, 1], [1030, 2, 2]] as const).flatMap((shape) => withWeights(shape[1]).flatMap((weights) => {
    const C = shape[1];
    const label = `[${shape.join(', ')}]${weights.length > 0 ? ', with weights' : ''}`;
    const inputs = [float(shape), float(shape, { seed: 2 }), float([C], { low: -0.2, high: 0.2 }), float([C], { seed: 5, low: 0.5, high: 2 }), ...weights.slice(0, 1)];
    return [
      forward(label, [float(shape, { low: 1, high: 4 }), ...weights], [shape, [C], [C]], { scalars }),
      backward(label, inputs, [shape, ...weights.map(() => [C])], { scalars }),
    ];
  }));
}

function dropoutCases(): KernelCase[] {
  const make = casesOf('dropout', ROUNDED);
  const state = [0xdeadbeef, 0x12345678, 3, 0xffffffff, 0x80000001];
  return [
    ...[[0], [1], [7], [8], [9], [17], [1030], [33, 13], [20011]].map((shape) => make(`[${shape.join(', ')}]`, [float(shape)], [shape], { scalars: [32768, 2, ...state] })),
    ...[0, 1, 6554, 65535, 65536].map((threshold) => make(`threshold ${threshold}`, [float([100])], [[100]], { scalars: [threshold, 1.25, ...state] })),
    make('key and counter 0', [float([40])], [[40]], { scalars: [32768, 2, 0, 0, 0, 0, 0] }),
  ];
}

function normalCases(): KernelCase[] {
  const make = casesOf('addNormal', ROUNDED);
  const state = [0xdeadbeef, 0x12345678, 3, 0xffffffff, 0x80000001];
  return [
    ...[[0], [1], [2], [3], [4], [5], [31], [32], [33], [1030], [33, 13], [20011]].map((shape) => make(`[${shape.join(', ')}]`, [float(shape)], [shape], { scalars: [0.5, ...state] })),
    make('much noise', [float([100])], [[100]], { scalars: [1e6, ...state] }), make('key and counter 0', [float([40])], [[40]], { scalars: [1, 0, 0, 0, 0, 0] }),
  ];
}

function totalsCases(): KernelCase[] {
  const [allFinite, sumSquares] = [casesOf('allFinite', EXACT), casesOf('sumSquares', SUMMED)];
  const inputs = [float([7]), float([40, 30], { seed: 2 }), float([], { seed: 3 }), float([0, 4])];
  const twelve = Array.from({ length: 12 }, (_, i) => float([i * 11 + 1], { seed: i + 1 }));
  const late = (bad: number) => [float([5]), { shape: [1031], data: [...Array<number>(1030).fill(1), bad] }];
  return [
    allFinite('numbers', inputs, [[]]), allFinite('nothing', [float([0])], [[]]), allFinite('large numbers', [values([3e38, -3e38, 0])], [[]]),
    ...[NaN, Infinity, -Infinity].map((bad) => allFinite(`${bad} at the end`, late(bad), [[]], { nonFinite: true })),
    ...[NaN, Infinity].map((bad) => allFinite(`${bad} at the front`, [values([bad, 1, 2, 3, 4]), float([3])], [[]], { nonFinite: true })),
    allFinite('twelve inputs', twelve, [[]]), allFinite('the last of twelve inputs is not finite', [...twelve.slice(1), values([1, Infinity])], [[]], { nonFinite: true }),
    sumSquares('twelve inputs', twelve, [[]]), sumSquares('past a million', [float([2 ** 20 + 3])], [[]]),
    sumSquares('four inputs', inputs, [[]]), sumSquares('nothing', [float([0])], [[]]), sumSquares('one', [values([-3])], [[]]), sumSquares('many', [float([50001])], [[]]),
  ];
}
