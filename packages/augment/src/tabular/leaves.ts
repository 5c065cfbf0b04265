/** Rows cut into groups of neighbours, each with the box around it: a k-d tree of which only the leaves are kept. */

export interface Leaf {
  /** In ascending order. */
  readonly rows: Int32Array;
  /** The least and the greatest of each feature. */
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** The longest of the rows. */
  readonly length: number;
}

/** Halves rows at the median of the feature in which they spread widest, until no group has more than `most`. */
export function leavesOf(features: Float32Array, width: number, rows: Int32Array, most: number): Leaf[] {
  const [low, high] = [new Float64Array(width).fill(Infinity), new Float64Array(width).fill(-Infinity)];
  let length = 0;
  for (const row of rows) {
    let sum = 0;
    for (let c = 0; c < width; c++) {
      const v = features[row * width + c] as number;
      if (v < (low[c] as number)) low[c] = v;
      if (v > (high[c] as number)) high[c] = v;
      sum += v * v;
    }
    length = Math.max(length, Math.sqrt(sum));
  }
  if (rows.length <= most) return [{ rows: rows.toSorted(), low, high, length }];
  let widest = 0;
  for (let c = 1; c < width; c++) if ((high[c] as number) - (low[c] as number) > (high[widest] as number) - (low[widest] as number)) widest = c;
  const at = (row: number): number => features[row * width + widest] as number;
  const sorted = rows.toSorted((a, b) => at(a) - at(b) || a - b);
  const half = rows.length >> 1;
  return [...leavesOf(features, width, sorted.subarray(0, half), most), ...leavesOf(features, width, sorted.subarray(half), most)];
}

/** The least squared distance between two boxes. */
export function boxDistance(a: Leaf, b: Leaf): number {
  let sum = 0;
  for (let c = 0; c < a.low.length; c++) {
    const gap = Math.max((a.low[c] as number) - (b.high[c] as number), (b.low[c] as number) - (a.high[c] as number), 0);
    sum += gap * gap;
  }
  return sum;
}

/** The least squared distance between a row and a box, or some number past `enough` where it is more. */
export function rowDistance(features: Float32Array, at: number, { low, high }: Leaf, enough: number): number {
  let sum = 0;
  for (let c = 0; c < low.length && sum <= enough; c++) {
    const v = features[at + c] as number;
    const gap = v < (low[c] as number) ? (low[c] as number) - v : v > (high[c] as number) ? v - (high[c] as number) : 0;
    sum += gap * gap;
  }
  return sum;
}
