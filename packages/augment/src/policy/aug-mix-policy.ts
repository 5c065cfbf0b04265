/** AugMix. */
import { checkBoolean, checkNumber, fail, random, type RngKey } from '@parsimony/core';
import { room, withData } from '../image/colour/images';
import { scratch } from '../image/colour/scratch';
import { colourSize } from '../image/colour/sometimes';
import { defineTransform } from '../transform/define';
import { childKey, Draws } from '../transform/draws';
import type { Pixels, Transform } from '../transform/transform';
import { augMixSpace, spaceOf } from './magnitudes';
import { applyToImage, checkMoves, type PolicyMoveOptions, type PolicyStep } from './policy-op';
import { drawStep } from './rand-augment';

export interface AugMixPolicyOptions extends Omit<PolicyMoveOptions, 'maskFill' | 'boxes'> {
  /** Of the operations: magnitudes come from the first so many of 10 bins, 1 to 10. Default 3. */
  readonly severity?: number;
  /** Chains of operations that are mixed, 1 or more. Default 3. */
  readonly mixtureWidth?: number;
  /** Operations of a chain; -1: 1 to 3, each as likely. Default -1. */
  readonly chainDepth?: number;
  /** Of the distributions that the shares are drawn from, above 0. Default 1. */
  readonly alpha?: number;
  /** Whether brightness, colour, contrast and sharpness are among the operations, which overlap with corruptions that robustness is measured by. Default true. */
  readonly allOps?: boolean;
}

/** JSON. */
export interface AugMixDraw {
  /** Share of the image as it is. */
  readonly clean: number;
  /** Of the rest: a share of all each. */
  readonly chains: readonly { readonly weight: number; readonly steps: readonly PolicyStep[] }[];
  readonly [key: string]: number | readonly { readonly weight: number; readonly steps: readonly PolicyStep[] }[];
}

/**
 * Mixes each image with several copies of it, each changed by a chain of operations: m x + (1 - m) sum_i w_i chain_i(x). Bytes drop fractions.
 * Labels on the image (masks, boxes, keypoints) stay where the clean image has them.
 *
 * Drawn: m from Beta(alpha, alpha), w from Dirichlet(alpha, …, alpha), the operations with their magnitudes and random signs.
 *
 * @throws option: an unknown option or one out of range. data: images that have not 1 or 3 channels.
 * @see torchvision's `AugMix`; Hendrycks et al., "AugMix: A Simple Data Processing Method to Improve Robustness and Uncertainty", arXiv:1912.02781.
 * The plugin `augMix` adds its loss.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * import { augMixPolicy, drawFor } from '@parsimony/augment';
 * const [drawn] = drawFor(augMixPolicy({ mixtureWidth: 2 }), random.key(1), 1, { channels: 3, height: 32, width: 32 });
 * drawn?.chains.length; // => 2
 * augMixPolicy({ severity: 11 }); // throws AugMix: `severity` must be a whole number in [1, 10], received 11.
 * ```
 */
export function augMixPolicy(options: AugMixPolicyOptions = {}): Transform<AugMixDraw> {
  const where = 'AugMix';
  const { interpolation, fill, ...rest } = checkMoves(where, options, ['severity', 'mixtureWidth', 'chainDepth', 'alpha', 'allOps'], 'bilinear');
  for (const name of ['maskFill', 'boxes']) if (Object.hasOwn(options, name)) fail('option', `${where}: unknown option \`${name}\`. Labels on the image stay where they are.`);
  const severity = checkNumber(where, 'severity', options.severity ?? 3, { min: 1, max: 10, integer: true });
  const mixtureWidth = checkNumber(where, 'mixtureWidth', options.mixtureWidth ?? 3, { min: 1, integer: true });
  const chainDepth = checkNumber(where, 'chainDepth', options.chainDepth ?? -1, { min: -1, integer: true });
  if (chainDepth === 0) fail('option', `${where}: \`chainDepth\` must be 1 or more, or -1 for 1 to 3 by chance, received 0.`);
  const alpha = checkNumber(where, 'alpha', options.alpha ?? 1, { min: 0, minExclusive: true });
  const allOps = checkBoolean(where, 'allOps', options.allOps ?? true);
  const space = spaceOf((size) => augMixSpace(size, allOps));
  const checked = { interpolation, fill, ...rest };
  return defineTransform<AugMixDraw>({
    name: where,
    options: { severity, mixtureWidth, chainDepth, alpha, allOps, interpolation, fill },
    outputSize: (size) => colourSize(where, size),
    draw(key, size) {
      const draws = new Draws(key);
      const shares = dirichlet(key, mixtureWidth, alpha);
      const clean = random.beta(childKey(key, 0), 1, alpha)[0] as number;
      const chains = shares.map((share) => ({
        weight: share * (1 - clean),
        steps: Array.from({ length: chainDepth > 0 ? chainDepth : draws.between(1, 3) }, () => drawStep(draws, space(size), () => draws.below(severity))),
      }));
      return { clean, chains };
    },
    apply: (scene, drawn, into) => ({ ...scene, image: mixed(scene.image, drawn, (steps) => applyToImage(where, scene.image, steps, checked, scratch(scene.image, 2)), into) }),
  });
}

/** Shares of Dirichlet(alpha, …, alpha), by breaking what is left: the i-th takes Beta(alpha, (count - 1 - i) alpha) of it. */
function dirichlet(key: RngKey, count: number, alpha: number): number[] {
  let left = 1;
  return Array.from({ length: count }, (_, i) => {
    const share = i === count - 1 ? left : left * (random.beta(childKey(key, i + 1), 1, alpha, (count - 1 - i) * alpha)[0] as number);
    left -= share;
    return share;
  });
}

/** Where bytes are summed: kept from image to image, since fresh memory of this size costs as much as the sum. */
let sums = new Float32Array(0);

function mixed(image: Pixels, { clean, chains }: AugMixDraw, changed: (steps: readonly PolicyStep[]) => Pixels, into?: Pixels['data']): Pixels {
  const { data } = image;
  const bytes = data instanceof Uint8Array;
  if (bytes && sums.length < data.length) sums = new Float32Array(data.length);
  // In float32, summed in order, as PyTorch has it: where a sum of shares is just below 1, bytes fall.
  const sum = bytes ? sums : room(Float32Array, data.length, into);
  const own = Math.fround(clean);
  for (let i = 0; i < data.length; i++) sum[i] = own * (data[i] as number);
  for (const { weight, steps } of chains) addShare(sum, changed(steps).data, Math.fround(weight));
  if (!bytes) return withData(image, sum);
  const out = room(Uint8Array, data.length, into);
  for (let i = 0; i < out.length; i++) out[i] = sum[i] as number;
  return withData(image, out);
}

function addShare(sum: Float32Array, other: Pixels['data'], share: number): void {
  for (let i = 0; i < other.length; i++) sum[i] = (sum[i] as number) + Math.fround(share * (other[i] as number));
}
