/** Every study, by its name on the command line. */
import { dropoutStudy } from './dropout';
import type { Study } from './study';

export const studies: readonly Study[] = [dropoutStudy] as readonly unknown[] as readonly Study[];
