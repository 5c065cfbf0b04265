/**
 * One kernel of each kind as gpu.js source: elementwise (any row of the table with one float32 output), reduction, matmul.
 * Sources are strings, so minifiers cannot change them. Sizes are baked in; loops have constant bounds, and say how long
 * they may run, since gpu.js stops others silently after 1,000 rounds.
 */
import { type Command, elementwiseRow } from '@parsimony/core';
import { broadcastStrides, sizeOf, stridesOf } from '../../tensor/shape';
import { translate } from './expression';
import type { KernelSettings } from './gpu-js';

export interface Source { readonly source: string; readonly settings: KernelSettings }

/** The gpu.js program of a command, or undefined where this executor has none. */
export function sourceOf(command: Command): Source | undefined {
  if (command.kernel === 'reduce') return reduce(command);
  if (command.kernel === 'matmul') return matmul(command);
  return elementwise(command);
}

/** Index of an input, as an expression of the output's flat index. */
function indexOf(shape: readonly number[], out: readonly number[]): string {
  const strides = broadcastStrides(shape, out);
  const own = stridesOf(out);
  if (sizeOf(shape) === sizeOf(out)) return 'this.thread.x';
  const terms = strides.flatMap((stride, axis) => {
    if (stride === 0 || out[axis] === 1) return [];
    const coordinate = `Math.floor(this.thread.x / ${own[axis]})`;
    const wrapped = axis === 0 ? coordinate : `(${coordinate} - ${out[axis]} * Math.floor(this.thread.x / ${(own[axis] ?? 1) * (out[axis] ?? 1)}))`;
    return [`${wrapped} * ${stride}`];
  });
  return terms.length === 0 ? '0' : terms.join(' + ');
}

function elementwise({ kernel, inputs, outputs }: Command): Source | undefined {
  const row = elementwiseRow(kernel);
  const out = outputs[0];
  if (!row || !out || row.outputs.length !== 1 || [...inputs, ...outputs].some((x) => x.dtype !== 'float32')) return undefined;
  const parts = [...row.let.map(([, e]) => e), row.outputs[0]?.[1] ?? ''].map(translate);
  if (parts.some((part) => part === undefined)) return undefined;
  const reads = row.inputs.map((name, i) => `const ${name} = ${name}_[${indexOf(inputs[i]?.shape ?? [], out.shape)}];`);
  const lets = row.let.map(([name], i) => `const ${name} = ${parts[i]?.source};`);
  return {
    source: `function kernel(${[...row.inputs.map((name) => `${name}_`), ...row.scalars].join(', ')}) { ${[...reads, ...lets].join(' ')} return ${parts[parts.length - 1]?.source}; }`,
    settings: {
      output: [out.size], precision: 'single',
      functions: parts.flatMap((part) => part?.functions ?? []).filter((f, i, all) => all.findIndex((g) => g.name === f.name) === i),
    },
  };
}

function reduce({ inputs: [x], outputs: [y], attrs }: Command): Source | undefined {
  if (!x || !y || x.dtype !== 'float32' || attrs['op'] !== 'sum') return undefined;
  const [, n = 0, inner = 1] = x.shape;
  return {
    source: `function kernel(x) {
      const o = Math.floor(this.thread.x / ${inner});
      const i = this.thread.x - o * ${inner};
      let total = 0;
      for (let j = 0; j < ${n}; j++) { total = total + x[(o * ${n} + j) * ${inner} + i]; }
      return total;
    }`,
    settings: { output: [y.size], precision: 'single', loopMaxIterations: n + 1 },
  };
}

function matmul({ inputs: [a, b], outputs: [y], attrs }: Command): Source | undefined {
  if (!a || !b || !y || a.shape.length !== 2 || b.shape.length !== 2) return undefined;
  const [ta, tb] = [attrs['transposeA'] === true, attrs['transposeB'] === true];
  const [m = 0, n = 0] = y.shape;
  const k = (ta ? a.shape[0] : a.shape[1]) ?? 0;
  return {
    source: `function kernel(a, b) {
      const row = Math.floor(this.thread.x / ${n});
      const column = this.thread.x - row * ${n};
      let total = 0;
      for (let j = 0; j < ${k}; j++) { total = total + a[${ta ? `j * ${m} + row` : `row * ${k} + j`}] * b[${tb ? `column * ${k} + j` : `j * ${n} + column`}]; }
      return total;
    }`,
    settings: { output: [y.size], precision: 'single', loopMaxIterations: k + 1 },
  };
}
