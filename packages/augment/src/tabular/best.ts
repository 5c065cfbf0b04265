/** The k nearest found so far of each query, in order of distance, then of row. */
export class Best {
  readonly rows: Int32Array;
  readonly distances: Float64Array;

  constructor(queries: number, readonly k: number) {
    this.rows = new Int32Array(queries * k).fill(-1);
    this.distances = new Float64Array(queries * k).fill(Infinity);
  }

  /** Squared distance of the last of the k. */
  worst(query: number): number {
    return this.distances[query * this.k + this.k - 1] as number;
  }

  /** Whether a row at the distance of the last would take its place. */
  precedes(query: number, row: number): boolean {
    const last = this.rows[query * this.k + this.k - 1] as number;
    return last < 0 || row < last;
  }

  offer(query: number, row: number, distance: number): void {
    const { rows, distances, k } = this;
    const first = query * k;
    let at = first + k - 1;
    if (distance > (distances[at] as number) || (distance === distances[at] && !this.precedes(query, row))) return;
    for (; at > first; at--) {
      const before = distances[at - 1] as number;
      if (before < distance || (before === distance && (rows[at - 1] as number) >= 0 && (rows[at - 1] as number) < row)) break;
      distances[at] = before;
      rows[at] = rows[at - 1] as number;
    }
    distances[at] = distance;
    rows[at] = row;
  }
}
