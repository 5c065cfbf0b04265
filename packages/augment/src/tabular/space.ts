/** Distances between rows of mixed columns: exact ones in float64, and features whose float32 distances never say more. */
import type { CheckedTable } from './table';

export interface Space {
  readonly rows: number;
  /** Features a row. */
  readonly width: number;
  /** [rows, width], within [-1, 1]: their squared distances are at most `scale` times those of the rows, up to rounding. */
  readonly features: Float32Array;
  readonly scale: number;
  /** Squared distance of two rows. */
  distance(i: number, j: number): number;
}

/** Categories of a column beyond so many share features, which then say less; exact distances tell them apart. */
const MOST_FEATURES = 16;

/**
 * Squared Euclidean distance over numeric and ordinal columns, plus the square of `penalty` for each nominal column in which rows differ.
 */
export function mixedSpace({ inputs, kinds, rows, width }: CheckedTable, penalty: number): Space {
  const numeric = kinds.flatMap((kind, c) => (kind === 'nominal' ? [] : [c]));
  const nominal = kinds.flatMap((kind, c) => (kind === 'nominal' ? [c] : []));
  const squared = penalty * penalty;
  const columns = [...numeric.map((c) => centred(inputs, c, width)), ...nominal.flatMap((c) => indicators(inputs, c, width, penalty / Math.SQRT2))];
  return {
    rows, ...scaled(rows, columns),
    distance(i, j) {
      const [a, b] = [i * width, j * width];
      let sum = 0;
      for (const c of numeric) {
        const difference = (inputs[a + c] as number) - (inputs[b + c] as number);
        sum += difference * difference;
      }
      for (const c of nominal) if (inputs[a + c] !== inputs[b + c]) sum += squared;
      return sum;
    },
  };
}

/**
 * The value difference metric between rows of categories, for one class against the rest: sum over columns of (sum over the two classes of
 * |P(class | value) - P(class | other value)|)^2.
 *
 * @see Cost and Salzberg, "A Weighted Nearest Neighbor Algorithm for Learning with Symbolic Features" (1993); Chawla et al., section 6.2.
 */
export function valueDifferenceSpace({ inputs, labels, rows, width }: CheckedTable, label: number): Space {
  const columns = Array.from({ length: width }, (_, c) => {
    const counts = new Map<number, [own: number, all: number]>();
    for (let i = 0; i < rows; i++) {
      const value = inputs[i * width + c] as number;
      const count = counts.get(value) ?? [0, 0];
      counts.set(value, [count[0] + (labels[i] === label ? 1 : 0), count[1] + 1]);
    }
    // Of two classes, both differences are the same: twice the one.
    return Float64Array.from({ length: rows }, (_v, i) => { const [own, all] = counts.get(inputs[i * width + c] as number) ?? [0, 1]; return 2 * own / all; });
  });
  return {
    rows, ...scaled(rows, columns),
    distance: (i, j) => columns.reduce((sum, column) => sum + ((column[i] as number) - (column[j] as number)) ** 2, 0),
  };
}

function centred(inputs: Float32Array, c: number, width: number): Float64Array {
  const column = Float64Array.from({ length: inputs.length / width }, (_, i) => inputs[i * width + c] as number);
  const mean = column.reduce((sum, v) => sum + v / column.length, 0);
  return column.map((v) => v - mean);
}

/** A feature a category, or for several: rows that differ are `height` apart in two of them, or where they share one, not at all. */
function indicators(inputs: Float32Array, c: number, width: number, height: number): Float64Array[] {
  const values = Array.from({ length: inputs.length / width }, (_, i) => inputs[i * width + c] as number);
  const categories = new Map([...new Set(values)].sort((a, b) => a - b).map((value, i) => [value, i % MOST_FEATURES]));
  return Array.from({ length: Math.min(categories.size, MOST_FEATURES) }, (_, slot) => Float64Array.from(values, (value) => (categories.get(value) === slot ? height : 0)));
}

function scaled(rows: number, columns: readonly Float64Array[]): Pick<Space, 'width' | 'features' | 'scale'> {
  const width = columns.length;
  let most = 0;
  for (const column of columns) for (const v of column) most = Math.max(most, Math.abs(v));
  const factor = most === 0 ? 1 : 1 / most;
  const features = new Float32Array(rows * width);
  columns.forEach((column, c) => { for (let i = 0; i < rows; i++) features[i * width + c] = (column[i] as number) * factor; });
  return { width, features, scale: factor * factor };
}
