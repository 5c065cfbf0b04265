import type { Schedule } from '../../schedules/kind';
import { evaluateSchedule } from '../../schedules/schedule';
import { type Check, warning } from './check';
import { labelOf } from './flow';

/** p of 0.9 or more, at any step of its schedule. */
export const highDropRate: Check = ({ model }) => model.namedModules().flatMap(([path, module]) => {
  const schedule = module.traits?.drops?.p;
  if (schedule === undefined) return [];
  const p = largest(schedule);
  if (p < 0.9) return [];
  const [verb, shown] = [typeof schedule === 'number' ? 'drops with' : 'comes, by its schedule, to drop with', Number(p.toFixed(4))];
  return [warning('high-drop-rate', `${labelOf(module, path)} ${verb} p = ${shown}; of what it sees ${Math.round((1 - p) * 100)} % is left. \`p\` is the probability to drop, not to keep.`, 'Usual values are 0.1 to 0.5.')];
});

/** The largest value of a rate, on a grid over runs of the lengths that its schedule speaks of. */
function largest(schedule: Schedule): number {
  if (typeof schedule === 'number') return schedule;
  const lengths = stepsIn(schedule);
  // Without a length of their own, schedules go by the share of the run that is over.
  const totalSteps = Math.max(1000, 2 * lengths.reduce((a, b) => a + b, 0));
  const steps = new Set([totalSteps, ...lengths].flatMap((length) => Array.from({ length: 201 }, (_, i) => Math.round((i / 200) * length))));
  return Math.max(...[...steps].map((step) => evaluateSchedule(schedule, { step, totalSteps })));
}

/** The options of a schedule that count steps: whole numbers above 1. */
const stepsIn = (schedule: object): number[] => Object.values(schedule).flatMap((option: unknown) => {
  if (typeof option === 'number') return Number.isInteger(option) && option > 1 ? [option] : [];
  return option !== null && typeof option === 'object' ? stepsIn(option) : [];
});
