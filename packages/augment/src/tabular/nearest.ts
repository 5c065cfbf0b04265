/**
 * Exact nearest neighbours. Products of float32 matrices on the backend in use find what may be near; what may, by a bound on their
 * rounding, is compared in float64. Groups of rows whose box lies too far away are passed over.
 */
import { ops, ready, type Tensor, tensor } from '@parsimony/core';
import { Best } from './best';
import { boxDistance, type Leaf, leavesOf, rowDistance } from './leaves';
import type { Space } from './space';

/** Rows a group: large enough for a matrix product to be worth it, small enough for boxes to be tight. */
const QUERIES = 1024;
const REFERENCES = 512;
/** Half the distance from 1 to the next float32. */
const ROUNDING = 2 ** -24;

/**
 * The k rows of `references` nearest to each row of `queries`, other than itself, as [queries, k] in order of distance; of rows equally
 * far that of the lower number comes first. Where there are fewer than k, the rest is -1.
 */
export async function nearestRows(space: Space, queries: Int32Array, references: Int32Array, k: number): Promise<Int32Array> {
  await ready();
  const { features, width } = space;
  const best = new Best(queries.length, k);
  const placeOf = new Map(Array.from(queries, (row, i) => [row, i]));
  const groups = leavesOf(features, width, references, REFERENCES).map((leaf) => ({ leaf, matrix: undefined as Tensor | undefined }));
  try {
    for (const leaf of leavesOf(features, width, Int32Array.from(placeOf.keys()), QUERIES)) {
      const squares = Float64Array.from(leaf.rows, (row) => squareOf(features, width, row));
      const own: Queries = { leaf, squares, places: Int32Array.from(leaf.rows, (row) => placeOf.get(row) as number) };
      const order = groups.map((group) => ({ group, gap: boxDistance(leaf, group.leaf) })).sort((a, b) => a.gap - b.gap);
      for (const { group, gap } of order) {
        const near = Int32Array.from(leaf.rows.keys()).filter((i) => {
          const limit = limitOf(space, best, own, i, group.leaf);
          return gap <= limit && rowDistance(features, (leaf.rows[i] as number) * width, group.leaf, limit) <= limit;
        });
        if (near.length === 0) continue;
        group.matrix ??= tensor(referenceMatrix(space, group.leaf), [group.leaf.rows.length, width + 1]);
        await compare(space, best, own, near, group.leaf, group.matrix);
      }
    }
  } finally {
    for (const { matrix } of groups) matrix?.dispose();
  }
  return best.rows;
}

interface Queries {
  readonly leaf: Leaf;
  /** Of the length of each. */
  readonly squares: Float64Array;
  /** Among all queries. */
  readonly places: Int32Array;
}

/** The squared distance of features that a row of the group may seem to have and be among the nearest, by what is known so far. */
function limitOf(space: Space, best: Best, { squares, places }: Queries, i: number, group: Leaf): number {
  return best.worst(places[i] as number) * space.scale + slack(space, squares[i] as number, group);
}

/** What rounding may add: of features to float32, of their squares, and of a sum of width + 1 products; each is bounded by the lengths of both rows. */
const slack = ({ width }: Space, square: number, group: Leaf): number => (width + 16) * ROUNDING * (Math.sqrt(square) + group.length) ** 2;

async function compare(space: Space, best: Best, own: Queries, near: Int32Array, group: Leaf, matrix: Tensor): Promise<void> {
  const left = tensor(queryMatrix(space, own.leaf, near), [near.length, space.width + 1]);
  const product = ops.matmul(left, matrix, { transposeB: true });
  // |b|^2 - 2 a b: squared distances without the square of the query.
  const found = await product.data();
  left.dispose();
  product.dispose();
  const { rows } = group;
  near.forEach((i, line) => {
    const [row, place, square] = [own.leaf.rows[i] as number, own.places[i] as number, own.squares[i] as number];
    let limit = limitOf(space, best, own, i, group) - square;
    for (let j = 0, at = line * rows.length; j < rows.length; j++, at++) {
      if ((found[at] as number) > limit) continue;
      const other = rows[j] as number;
      // Of many equal rows, most are told by their number alone.
      if (other === row || (best.worst(place) === 0 && !best.precedes(place, other))) continue;
      best.offer(place, other, space.distance(row, other));
      limit = limitOf(space, best, own, i, group) - square;
    }
  });
}

function squareOf(features: Float32Array, width: number, row: number): number {
  let sum = 0;
  for (let at = row * width; at < (row + 1) * width; at++) sum += (features[at] as number) ** 2;
  return sum;
}

/** [-2 a, 1] for each query. */
function queryMatrix({ features, width }: Space, { rows }: Leaf, near: Int32Array): Float32Array {
  const out = new Float32Array(near.length * (width + 1));
  near.forEach((i, line) => {
    const from = (rows[i] as number) * width;
    const to = line * (width + 1);
    for (let c = 0; c < width; c++) out[to + c] = -2 * (features[from + c] as number);
    out[to + width] = 1;
  });
  return out;
}

/** [b, |b|^2] for each row. */
function referenceMatrix({ features, width }: Space, { rows }: Leaf): Float32Array {
  const out = new Float32Array(rows.length * (width + 1));
  rows.forEach((row, line) => {
    out.set(features.subarray(row * width, (row + 1) * width), line * (width + 1));
    out[line * (width + 1) + width] = squareOf(features, width, row);
  });
  return out;
}
