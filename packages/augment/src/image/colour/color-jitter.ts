/** Random brightness, contrast, saturation and hue. */
import { checkNumber, checkOptions, type NumberRange } from '@parsimony/core';
import { defineTransform } from '../../transform/define';
import { Draws } from '../../transform/draws';
import { checkRange } from '../../transform/options';
import type { Transform } from '../../transform/transform';
import { colourSize } from './sometimes';
import { applySteps, applyStepsToTensor, type ColourStep, type ColourStepName } from './steps';

/** A strength, or the range that factors are drawn from. */
export type Jitter = number | readonly [low: number, high: number];

export interface ColorJitterOptions {
  /** Factor from [max(0, 1 - brightness), 1 + brightness], or from the given range of numbers of 0 or more. Default 0: left as it is. */
  readonly brightness?: Jitter;
  /** Likewise. */
  readonly contrast?: Jitter;
  /** Likewise. Nothing happens to images of one channel. */
  readonly saturation?: Jitter;
  /** Share of the circle of colours, from [-hue, hue], hue in [0, 0.5], or from the given range in [-0.5, 0.5]. Default 0. Nothing happens to images of one channel. */
  readonly hue?: Jitter;
}

const names: readonly ColourStepName[] = ['brightness', 'contrast', 'saturation', 'hue'];

/**
 * Changes brightness, contrast, saturation and hue of each image by random factors, in random order. On devices too.
 *
 * Drawn: the steps in their order, `[['hue', 0.02], ['brightness', 1.1], …]`, each factor uniform in its range.
 *
 * @throws option: an unknown option or one out of range. data: images that have not 1 or 3 channels.
 * @see torchvision's `ColorJitter`.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * import { colorJitter, drawFor } from '@parsimony/augment';
 * const jitter = colorJitter({ brightness: 0.4, hue: [-0.1, 0.1] });
 * const [steps] = drawFor(jitter, random.key(1), 1, { channels: 3, height: 32, width: 32 });
 * steps?.map(([name]) => name).sort(); // => ['brightness', 'hue']
 * colorJitter({ hue: 0.7 }); // throws ColorJitter: `hue` must be in [0, 0.5], received 0.7.
 * ```
 */
export function colorJitter(options: ColorJitterOptions = {}): Transform<readonly ColourStep[]> {
  const where = 'ColorJitter';
  checkOptions(where, options, names);
  const ranges = Object.fromEntries(names.map((name) => [name, jitterRange(where, name, options[name] ?? 0)])) as Record<ColourStepName, readonly [number, number]>;
  const active = names.filter((name) => !changesNothing(name, ranges[name]));
  return defineTransform<readonly ColourStep[]>({
    name: where,
    options: Object.fromEntries(names.map((name) => [name, options[name] ?? 0])),
    outputSize: (size) => colourSize(where, size),
    draw(key) {
      const draws = new Draws(key);
      const factors = active.map((name): ColourStep => [name, draws.uniform(...ranges[name])]);
      return draws.permutation(active.length).map((i) => factors[i] as ColourStep);
    },
    apply: (scene, steps, into) => ({ ...scene, image: applySteps(scene.image, steps, into) }),
    applyToTensor: (images, params) => applyStepsToTensor(where, images, params),
  });
}

const bounds = (name: ColourStepName): NumberRange => (name === 'hue' ? { min: -0.5, max: 0.5 } : { min: 0 });
const changesNothing = (name: ColourStepName, [low, high]: readonly [number, number]): boolean => low === high && low === (name === 'hue' ? 0 : 1);

/** The range of a factor: one given, or around what changes nothing. */
function jitterRange(where: string, name: ColourStepName, value: Jitter): readonly [number, number] {
  if (typeof value !== 'number') return checkRange(where, name, value, bounds(name));
  if (name === 'hue') return [-checkNumber(where, name, value, { min: 0, max: 0.5 }) + 0, value];
  return [Math.max(0, 1 - checkNumber(where, name, value, { min: 0 })), 1 + value];
}
