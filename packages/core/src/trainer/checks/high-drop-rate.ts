import { evaluateSchedule } from '../../schedules/schedule';
import { type Check, warning } from './check';
import { labelOf } from './flow';

/** p of 0.9 or more, at the start or the end of its schedule. */
export const highDropRate: Check = ({ model }) => model.namedModules().flatMap(([path, module]) => {
  if (!module.traits?.drops) return [];
  const { p: schedule } = module.traits.drops;
  const p = Math.max(...[0, 999].map((step) => evaluateSchedule(schedule, { step, totalSteps: 1000 })));
  return p >= 0.9 ? [warning('high-drop-rate', `${labelOf(module, path)} drops with p = ${p}; of what it sees ${Math.round((1 - p) * 100)} % is left. \`p\` is the probability to drop, not to keep.`, 'Usual values are 0.1 to 0.5.')] : [];
});
