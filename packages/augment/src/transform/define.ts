/** Makes a transform of its parts: options as frozen JSON, and a print of them. */
import type { Json, Progress, RngKey, Tensor } from '@parsimony/core';
import type { Pixels, Scene, Size, Transform, TransformJson } from './transform';

export interface TransformDefinition<P extends Json> {
  readonly name: string;
  /** Checked, with defaults; what is undefined is left out. Further transforms stand in it as themselves. None may be called `name`. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Default: the same size comes out. */
  outputSize?(size: Size): Size;
  /** Default: nothing to draw. */
  draw?(key: RngKey, size: Size, progress: Progress): P;
  apply(scene: Scene, params: P, into?: Pixels['data']): Scene;
  applyToTensor?(images: Tensor, params: readonly P[]): Tensor;
}

/**
 * A transform from its definition: what every factory ends with.
 *
 * @example
 * ```ts
 * import { defineTransform, Draws } from '@parsimony/augment';
 * const darker = (p: number) => defineTransform<boolean>({
 *   name: 'Darker', options: { p },
 *   draw: (key) => new Draws(key).coin(p),
 *   apply: (scene, yes) => (yes ? { ...scene, image: { ...scene.image, data: scene.image.data.map((v) => v / 2) } } : scene),
 * });
 * String(darker(0.5)); // => 'Darker(p=0.5)'
 * JSON.stringify(darker(1)); // => '{"name":"Darker","p":1}'
 * ```
 */
export function defineTransform<P extends Json>(definition: TransformDefinition<P>): Transform<P> {
  const { name, applyToTensor } = definition;
  const options = asJson(definition.options);
  return Object.freeze({
    name,
    options,
    outputSize: (size: Size) => definition.outputSize?.(size) ?? size,
    draw: (key: RngKey, size: Size, progress: Progress) => definition.draw?.(key, size, progress) ?? (null as P),
    apply: (scene: Scene, params: P, into?: Pixels['data']) => definition.apply(scene, params, into),
    ...(applyToTensor && { applyToTensor: (images: Tensor, params: readonly P[]) => applyToTensor.call(definition, images, params) }),
    toJSON: () => ({ name, ...options }),
    toString: () => print({ name, ...options }),
  });
}

/** Through JSON: transforms within become theirs, and a value that is no data shows at once instead of in a checkpoint. */
export const asJson = (options: Readonly<Record<string, unknown>>): Readonly<Record<string, Json>> => freeze(JSON.parse(JSON.stringify(options)) as Readonly<Record<string, Json>>);

function freeze<T>(value: T): T {
  if (value === null || typeof value !== 'object') return value;
  for (const item of Object.values(value)) freeze(item);
  return Object.freeze(value);
}

/** True of a transform's JSON. */
export const isTransformJson = (value: unknown): value is TransformJson =>
  value !== null && typeof value === 'object' && !Array.isArray(value) && typeof (value as { name?: unknown }).name === 'string';

/** Transforms and schedules as calls, everything else as JSON with a space after each comma. */
export function print(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(print).join(', ')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const { name, schedule, ...rest } = value as { readonly [key: string]: Json };
  const called = name ?? schedule;
  const parts = Object.entries(called === undefined ? value : rest);
  if (typeof called === 'string') return `${called}(${parts.map(([key, item]) => `${key}=${print(item)}`).join(', ')})`;
  return `{${parts.map(([key, item]) => `${key}: ${print(item)}`).join(', ')}}`;
}
