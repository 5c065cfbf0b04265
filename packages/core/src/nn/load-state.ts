/** Which value of a state dict goes into which parameter or buffer. */
import { fail, show } from '../errors';
import { isPlainObject, isTensor } from '../tensor/find';
import { sameShape, showShape } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import type { Params } from '../types';
import type { WeightSlot } from './module';

/** @internal */
export interface MatchedState {
  readonly values: readonly (readonly [WeightSlot, Tensor])[];
  /** Given again, under another name of a parameter in two places. */
  readonly spare: readonly Tensor[];
}

const none: ReadonlyMap<string, string> = new Map();

/**
 * @internal Everything is checked. `aliases`: the paths that stand for others, in the model's order. Of a parameter that is given under
 * several names the last in that order counts: PyTorch fills one place after the other.
 */
export function matchState(slots: ReadonlyMap<string, WeightSlot>, state: Params, strict: boolean, aliases: () => ReadonlyMap<string, string>): MatchedState {
  if (!isPlainObject(state)) fail('state', `loadStateDict: expected tensors by path, received ${show(state)}.`);
  const given = Object.keys(state);
  const names = given.every((path) => slots.has(path)) ? none : aliases();
  const own = (path: string): string => (slots.has(path) ? path : names.get(path) ?? path);
  const unknown = given.filter((path) => !slots.has(own(path)));
  const present = new Set(given.map(own));
  const missing = [...slots.keys()].filter((path) => !present.has(path));
  if (unknown.length > 0 || (strict && missing.length > 0)) {
    fail('state', `loadStateDict: ${[unknown.length > 0 ? `unknown: ${unknown.join(', ')}` : '', missing.length > 0 && strict ? `missing: ${missing.join(', ')}` : ''].filter(Boolean).join('; ')}. The model has: ${[...slots.keys()].join(', ')}.`);
  }
  for (const [path, value] of Object.entries(state)) checkValue(path, value, slots.get(own(path)));
  const inOrder = [...given.filter((path) => slots.has(path)), ...[...names.keys()].filter((path) => !slots.has(path) && Object.hasOwn(state, path))];
  const taken = new Map(inOrder.map((path) => [own(path), state[path] as Tensor]));
  const used = new Set(taken.values());
  return {
    values: [...taken].flatMap(([path, value]) => { const slot = slots.get(path); return slot ? [[slot, value] as const] : []; }),
    spare: Object.values(state).filter((value) => !used.has(value)),
  };
}

function checkValue(path: string, value: unknown, slot: WeightSlot | undefined): void {
  if (!isTensor(value)) fail('state', `loadStateDict: \`${path}\` must be a tensor, received ${show(value)}.`);
  value.assertLive('loadStateDict');
  if (slot && !sameShape(value.shape, slot.shape)) fail('shape', `loadStateDict: \`${path}\` must have shape ${showShape(slot.shape)}, received ${showShape(value.shape)}.`);
  if (slot && value.dtype !== slot.dtype) fail('dtype', `loadStateDict: \`${path}\` must be ${slot.dtype}, received ${value.dtype}.`);
}
