/** The kinds of schedule that core knows, by the tag in their JSON. */
import { cosineKind } from './cosine';
import { linearKind } from './linear';
import { oneCycleKind } from './one-cycle';
import type { ScheduleKind } from './kind';
import { scaleKind } from './scale';
import { stepKind } from './step';
import { warmupKind } from './warmup';

export const builtinKinds: Readonly<Record<string, ScheduleKind>> = {
  cosine: cosineKind, linear: linearKind, oneCycle: oneCycleKind, scale: scaleKind, step: stepKind, warmup: warmupKind,
};
