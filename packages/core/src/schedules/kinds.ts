/** The kinds of schedule that core knows, by the tag in their JSON. */
import { cosineKind } from './cosine';
import { curriculumKind } from './curriculum';
import { earlyKind } from './early';
import { lateKind } from './late';
import { linearKind } from './linear';
import { oneCycleKind } from './one-cycle';
import type { ScheduleKind } from './kind';
import { scaleKind } from './scale';
import { stepKind } from './step';
import { swaKind } from './swa';
import { warmupKind } from './warmup';

export const builtinKinds: Readonly<Record<string, ScheduleKind>> = {
  cosine: cosineKind, curriculum: curriculumKind, early: earlyKind, late: lateKind, linear: linearKind, oneCycle: oneCycleKind, scale: scaleKind, step: stepKind,
  swa: swaKind, warmup: warmupKind,
};
