/** Every study, by its name on the command line. */
import { augmentationStudy } from './augmentation';
import { averagesStudy } from './averages';
import { batchNormRatesStudy } from './batch-norm-rates';
import { batchSizesStudy } from './batch-sizes';
import { calibrationStudy } from './calibration';
import { decayExclusionsStudy } from './decay-exclusions';
import { decayStrengthsStudy } from './decay-strengths';
import { distillationStudy } from './distillation';
import { dropoutStudy } from './dropout';
import { flatnessStudy } from './flatness';
import { mixingStudy } from './mixing';
import { smoteStudy } from './smote';
import type { Study } from './study';
import { trioStudy } from './trio';

export const studies: readonly Study[] = [dropoutStudy, batchNormRatesStudy, batchSizesStudy, decayStrengthsStudy, decayExclusionsStudy, averagesStudy, flatnessStudy, augmentationStudy, mixingStudy, trioStudy, smoteStudy, calibrationStudy, distillationStudy] as readonly unknown[] as readonly Study[];
