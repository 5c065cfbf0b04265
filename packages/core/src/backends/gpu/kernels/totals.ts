/** One number over all elements of all inputs. */
import { LARGEST } from '../mathematics';
import type { Workbench } from '../device';
import { defineProgram, type Operand } from '../program';
import { constant } from './fill';
import { type GpuKernel, output } from './kernel';
import { reduceTerms, type Reduction, reducible, type Terms } from './reduce';

/** 1 where finite: what is past float32's largest number, or is none, is not. */
const finite = reducible({ name: 'allFinite', inputs: ['x'], term: ({ x }) => ({ value: `Math.abs(${x('$at')}) <= ${LARGEST} ? 1 : 0` }) });
const square = reducible({ name: 'sumSquares', inputs: ['x'], term: ({ x }) => ({ body: `const $x = ${x('$at')};`, value: '$x * $x' }) });

const pair = (name: string, value: (a: string, b: string) => string) => defineProgram({ name, inputs: ['a', 'b'], code: ({ a, b }) => ({ value: value(a('0'), b('0')) }) });
const added = pair('totals.sum', (a, b) => `${a} + ${b}`);
const least = pair('totals.min', (a, b) => `Math.min(${a}, ${b})`);

/** Folds one number of each input into y, pair by pair. */
function fold(bench: Workbench, parts: readonly Operand[], program: typeof added, start: number, y: Operand): void {
  let level = [...parts];
  if (level.length < 2) {
    const neutral = bench.temporary(1);
    bench.run(constant, { inputs: [], floats: [start], output: neutral });
    level = [neutral, level[0] ?? neutral];
  }
  while (level.length > 1) {
    const next: Operand[] = [];
    for (let k = 0; k + 1 < level.length; k += 2) {
      const to = level.length === 2 ? y : bench.temporary(1);
      bench.run(program, { inputs: [level[k] as Operand, level[k + 1] as Operand], output: to });
      next.push(to);
    }
    if (level.length % 2 === 1) next.push(level[level.length - 1] as Operand);
    level = next;
  }
}

const total = (terms: Terms, op: Reduction, program: typeof added, start: number): GpuKernel => (command, bench) => {
  const parts = command.inputs.filter((x) => x.size > 0).map((x) => {
    const to = bench.temporary(1);
    reduceTerms(bench, op, terms, { inputs: [x] }, [1, x.size, 1], to);
    return to;
  });
  fold(bench, parts, program, start, output(command, 0));
};

/** 1 where every element of all inputs is finite, else 0. */
export const allFinite = total(finite, 'min', least, 1);

/** The sum of squares of all elements of all inputs. */
export const sumSquares = total(square, 'sum', added, 0);
