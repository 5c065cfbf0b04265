/** What was drawn for an image, in words: `HorizontalFlip`, `Crop top 2, left -1`, `Rotate -9`. */
import type { TransformJson } from '@parsimony/augment/image';
import type { Json } from '@parsimony/core';

type Parts = { readonly [key: string]: Json };

/** One line for each change; none where an image stays as it is. */
export function captionOf(transform: TransformJson, params: Json): string[] {
  // A flip that was not drawn, a transform that was not applied, or one with nothing to draw.
  if (params === false) return [];
  const name = transform.name.replace(/^Random(?=[A-Z])/, '');
  const inner = Array.isArray(transform['transforms']) ? transform['transforms'] as readonly TransformJson[] : undefined;
  if (inner !== undefined) return captionOfMany(transform.name, inner, params);
  if (params === null) return isFixed(transform) ? [name] : [];
  if (params === true) return [name];
  if (typeof params === 'number') return [`${name} ${digits(params)}`];
  const steps = stepsOf(params);
  if (steps !== undefined) return steps.map(stepText);
  if (Array.isArray(params)) return params.every((item) => typeof item === 'number') ? [`${name} ${params.map(digits).join(', ')}`] : params.every(isParts) ? params.map((item) => withParts(name, item)) : [name];
  return isParts(params) ? captionOfParts(name, params) : [name];
}

/** Combinators by how they write what they drew. */
function captionOfMany(name: string, inner: readonly TransformJson[], params: Json): string[] {
  const of = (i: number, drawn: Json | undefined): string[] => (inner[i] === undefined || drawn === undefined ? [] : captionOf(inner[i], drawn));
  if (name === 'RandomChoice' && Array.isArray(params)) return of(params[0] as number, params[1]);
  if (isParts(params) && Array.isArray(params['order']) && Array.isArray(params['params'])) {
    const drawn = params['params'];
    return (params['order'] as readonly number[]).flatMap((i) => of(i, drawn[i]));
  }
  return Array.isArray(params) ? params.flatMap((drawn: Json, i) => of(i, drawn)) : [];
}

function captionOfParts(name: string, parts: Parts): string[] {
  const steps = parts['steps'] === undefined ? undefined : stepsOf(parts['steps']);
  if (steps !== undefined) return [...steps.map(stepText), ...(Array.isArray(parts['permutation']) ? [`channels ${parts['permutation'].join(', ')}`] : [])];
  if (Array.isArray(parts['chains'])) {
    const chains = (parts['chains'] as readonly Parts[]).map(({ weight, steps: chain }) => `${digits(weight as number)} ${(stepsOf(chain ?? []) ?? []).map(stepText).join(', ')}`);
    return [`${digits(parts['clean'] as number)} clean, of the rest:`, ...chains];
  }
  return [withParts(name, parts)];
}

/** Numbers with their names; keys of noise and corners of quadrilaterals would say nothing. */
function withParts(name: string, parts: Parts): string {
  const said = Object.entries(parts).flatMap(([key, value]) => (typeof value === 'number' ? [`${key} ${digits(value)}`]
    : Array.isArray(value) && value.length === 2 && value.every((item) => typeof item === 'number') && key !== 'seed' && key !== 'noise' ? [`${key} ${value.map(digits).join(',')}`] : []));
  return said.length === 0 ? name : `${name} ${said.join(', ')}`;
}

/** `[['Rotate', -9], …]`, as policies and colours write them; undefined of anything else. */
function stepsOf(params: Json): readonly (readonly [string, number])[] | undefined {
  if (!Array.isArray(params)) return undefined;
  const are = params.every((item) => Array.isArray(item) && item.length === 2 && typeof item[0] === 'string' && typeof item[1] === 'number');
  return are && params.length > 0 ? params as readonly Json[] as readonly (readonly [string, number])[] : undefined;
}

/** What has no magnitude has 0. */
const stepText = ([name, magnitude]: readonly [string, number]): string => (magnitude === 0 ? name : `${name} ${digits(magnitude)}`);

/** Nothing is drawn for these: they always happen. */
const isFixed = ({ name, ...options }: TransformJson): boolean => !name.startsWith('Random') && !('p' in options);
const isParts = (value: Json): value is Parts => value !== null && typeof value === 'object' && !Array.isArray(value);
const digits = (value: Json): string => (typeof value === 'number' ? String(Number(value.toPrecision(3))) : JSON.stringify(value));
