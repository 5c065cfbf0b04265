/** Every transform that JSON may name: a new one is a line in the table of its kind. */
import { policyTable } from '../policy/table';
import { combinatorTable } from '../transform/table';
import type { Transform } from '../transform/transform';
import { colourTable } from './colour/table';
import { erasingTable } from './erasing/table';
import { geometryTable } from './geometry/table';

/** Makes a transform of its options; transforms among these are made already. */
export type TransformFactory = (options: never) => Transform;

export const transformTable: Readonly<Record<string, TransformFactory>> = { ...geometryTable, ...colourTable, ...erasingTable, ...policyTable, ...combinatorTable };
