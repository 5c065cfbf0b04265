/** Recognises tensors, of this or another copy of core, and finds them inside values. */
import type { Tensor } from './tensor';

/** @internal */
export const brand = Symbol.for('parsimony.tensor');

/** True for a tensor of this or another copy of core. */
export const isTensor = (value: unknown): value is Tensor =>
  typeof value === 'object' && value !== null && (value as { [brand]?: unknown })[brand] === true;

/** Every tensor inside a value: itself, or in arrays, maps and plain objects. */
export function tensorsIn(value: unknown, found: Tensor[] = []): Tensor[] {
  if (isTensor(value)) found.push(value);
  else if (value instanceof Map) for (const item of value.values()) tensorsIn(item, found);
  else if (Array.isArray(value)) for (const item of value) tensorsIn(item, found);
  else if (isPlainObject(value)) for (const item of Object.values(value)) tensorsIn(item, found);
  return found;
}

/** True for object literals and `Object.create(null)`, false for instances of classes. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (value === null || typeof value !== 'object') return false;
  const proto = Object.getPrototypeOf(value) as unknown;
  return proto === Object.prototype || proto === null;
}
