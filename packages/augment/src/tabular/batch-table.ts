/** The table in a batch: [N, D] of numbers, among named inputs. */
import { fail, showShape, type Tensor } from '@parsimony/core';

/** Refuses anything but float32 [N, D]; D as given, where it is. */
export function checkBatchTable(where: string, x: Tensor, width?: number): readonly [rows: number, width: number] {
  const [rows = 0, columns = 0] = x.shape;
  if (x.rank !== 2 || (width !== undefined && columns !== width)) {
    fail('shape', `${where}: inputs must be a table [N, ${width ?? 'D'}]${width === undefined ? '' : ', as `columns` says'}, received ${showShape(x.shape)}.`);
  }
  if (x.dtype !== 'float32') fail('dtype', `${where}: inputs must be float32, received ${x.dtype}. Change what an embedding makes of whole numbers.`);
  return [rows, columns];
}
