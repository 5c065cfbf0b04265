/** The transforms that erase and that JSON may name. */
import { cutout } from './cutout';
import { gridMask } from './grid-mask';
import { randomErasing } from './random-erasing';

export const erasingTable = { Cutout: cutout, GridMask: gridMask, RandomErasing: randomErasing } as const;
