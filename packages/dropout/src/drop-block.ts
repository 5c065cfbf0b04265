/** DropBlock2d and 3d: contiguous blocks of feature maps set to zero at random while training. */
import { checkNumber, checkOptions, type ForwardContext, ops, type RngKey, type Schedule, type Tensor } from '@parsimony/core';
import { DropLayer } from './drop-layer';
import { checkRate, drawMask, expectRank, masked } from './mask';

/** Size of the block: one number for all axes, or one an axis. */
export type BlockSize = number | readonly number[];

export interface DropBlockCall {
  /** Probability to drop an element, in [0, 1]. */
  readonly p: number;
  /** 1 or more, even or odd; clamped to the map. */
  readonly blockSize: BlockSize;
  readonly key: RngKey;
  /** Added to the number of kept elements. Default 1e-6. */
  readonly eps?: number;
}

function checkBlock(where: string, size: unknown, rank: number): BlockSize {
  const range = { min: 1, integer: true } as const;
  if (!Array.isArray(size)) return checkNumber(where, 'blockSize', size, range);
  checkNumber(where, 'blockSize.length', size.length, { min: rank, max: rank, integer: true });
  return size.map((n, i) => checkNumber(where, `blockSize[${i}]`, n, range));
}

/** Clamped as torchvision does: one number to the smallest axis of the map, sizes by axis each to its own. */
export const clampBlock = (size: BlockSize, map: readonly number[]): number[] =>
  map.map((n, i) => (typeof size === 'number' ? Math.min(size, ...map) : Math.min(size[i] ?? 1, n)));

/** Blocks of ones from seeds [N, C, H - kh + 1, W - kw + 1], at the corner before of each block, to [N, C, H, W]. */
export function growBlocks(seeds: Tensor, block: readonly number[]): Tensor {
  // A window of k over k - 1 zeros on both sides sees exactly the k places whose blocks reach it, for even k too.
  const padded = ops.pad(seeds, block.map((k) => [k - 1, k - 1] as const));
  const pool = block.length === 2 ? ops.maxPool2d : ops.maxPool3d;
  // Axis by axis: k + k comparisons a place in place of k k.
  return block.reduce((y, k, axis) => (k === 1 ? y : pool(y, block.map((_, i) => (i === axis ? k : 1)), { stride: 1 })), padded);
}

/** The factor of each element: 1 - blocks, times elements / (eps + elements kept). */
export function blockFactor(seeds: Tensor, block: readonly number[], eps: number): Tensor {
  const kept = ops.sub(1, growBlocks(seeds, block));
  return ops.mul(kept, ops.div(kept.size, ops.add(ops.sum(kept), eps)));
}

/** gamma = p HW / (kh kw) / ((H - kh + 1)(W - kw + 1)), at most p. */
export function seedRate(p: number, map: readonly number[], block: readonly number[]): number {
  return map.reduce((gamma, n, i) => (gamma * n) / ((block[i] ?? 1) * (n - (block[i] ?? 1) + 1)), p);
}

function dropBlock(where: string, rank: 2 | 3, x: Tensor, options: DropBlockCall): Tensor {
  checkOptions(where, options, ['p', 'blockSize', 'key', 'eps']);
  const { eps = 1e-6 } = options;
  const p = checkRate(where, options.p);
  const size = checkBlock(where, options.blockSize, rank);
  checkNumber(where, 'eps', eps, { min: 0, minExclusive: true });
  expectRank(where, x, [rank + 2], rank === 2 ? '[N, C, H, W]' : '[N, C, D, H, W]');
  if (p === 0 || x.size === 0) return x;
  const map = x.shape.slice(2);
  const block = clampBlock(size, map);
  const seedShape = [...x.shape.slice(0, 2), ...map.map((n, i) => n - (block[i] ?? 1) + 1)];
  const gamma = seedRate(p, map, block);
  return masked(x, () => blockFactor(drawMask(seedShape, 1 - gamma, options.key), block, eps));
}

/**
 * y = x M numel / (eps + sum M), where M is 0 in blocks of kh x kw at places drawn for each sample and channel with probability
 * gamma = p HW / (kh kw) / ((H - kh + 1)(W - kw + 1)), and 1 elsewhere. Blocks that overlap drop a little less than p.
 *
 * @param x - [N, C, H, W], float32.
 * @throws option: `p` outside [0, 1], a block size that is not a whole number of 1 or more, `eps` of 0 or less, an unknown option, or
 * no key. shape: x of another rank.
 * @see Ghiasi et al., "DropBlock", arXiv:1810.12890; torchvision's `drop_block2d`, which fails on even block sizes.
 * @example
 * ```ts
 * import { ones, random, ready } from '@parsimony/core';
 * import { dropBlock2d } from '@parsimony/dropout';
 * await ready();
 * dropBlock2d(ones([2, 3, 8, 8]), { p: 0.2, blockSize: 3, key: random.key(1) }).shape; // => [2, 3, 8, 8]
 * ```
 */
export const dropBlock2d = (x: Tensor, options: DropBlockCall): Tensor => dropBlock('dropBlock2d', 2, x, options);

/**
 * `dropBlock2d` over three spatial axes.
 *
 * @param x - [N, C, D, H, W], float32.
 * @throws as `dropBlock2d`.
 * @see Ghiasi et al., arXiv:1810.12890; torchvision's `drop_block3d`.
 * @example
 * ```ts
 * import { ones, random, ready } from '@parsimony/core';
 * import { dropBlock3d } from '@parsimony/dropout';
 * await ready();
 * dropBlock3d(ones([1, 2, 4, 4, 4]), { p: 0.2, blockSize: [2, 3, 3], key: random.key(1) }).shape; // => [1, 2, 4, 4, 4]
 * ```
 */
export const dropBlock3d = (x: Tensor, options: DropBlockCall): Tensor => dropBlock('dropBlock3d', 3, x, options);

export interface DropBlockOptions {
  /** Probability to drop an element, in [0, 1]: a number or a schedule of the step. */
  readonly p: Schedule;
  /** 1 or more, even or odd: one number, or one an axis; clamped to the map. */
  readonly blockSize: BlockSize;
  /** Added to the number of kept elements. Default 1e-6. */
  readonly eps?: number;
}

abstract class DropBlock extends DropLayer {
  readonly blockSize: BlockSize;
  readonly eps: number;

  constructor(where: string, rank: 2 | 3, options: DropBlockOptions) {
    checkOptions(where, options, ['p', 'blockSize', 'eps']);
    const { eps = 1e-6 } = options;
    super(where, options.p, { unit: 'block' });
    this.blockSize = checkBlock(where, options.blockSize, rank);
    this.eps = checkNumber(where, 'eps', eps, { min: 0, minExclusive: true });
  }
}

/**
 * Drops blocks of the feature maps of [N, C, H, W] in training, about p of the elements; the identity in evaluation.
 *
 * @throws option: as `dropBlock2d`. shape, in training: another rank.
 * @see `dropBlock2d`
 * @example
 * ```ts
 * import { schedules } from '@parsimony/core';
 * import { DropBlock2d } from '@parsimony/dropout';
 * // The paper raises p linearly over the run.
 * new DropBlock2d({ p: schedules.linear({ start: 0, end: 0.1 }), blockSize: 7 }).blockSize; // => 7
 * ```
 */
export class DropBlock2d extends DropBlock {
  constructor(options: DropBlockOptions) { super('DropBlock2d', 2, options); }
  protected drop(x: Tensor, p: number, ctx: ForwardContext): Tensor {
    return dropBlock2d(x, { p, blockSize: this.blockSize, eps: this.eps, key: ctx.key() });
  }
}

/**
 * Drops blocks of the feature maps of [N, C, D, H, W] in training, about p of the elements; the identity in evaluation.
 *
 * @throws option: as `dropBlock3d`. shape, in training: another rank.
 * @see `dropBlock3d`
 * @example
 * ```ts
 * import { DropBlock3d } from '@parsimony/dropout';
 * new DropBlock3d({ p: 0.1, blockSize: [2, 4, 4] }).blockSize; // => [2, 4, 4]
 * ```
 */
export class DropBlock3d extends DropBlock {
  constructor(options: DropBlockOptions) { super('DropBlock3d', 3, options); }
  protected drop(x: Tensor, p: number, ctx: ForwardContext): Tensor {
    return dropBlock3d(x, { p, blockSize: this.blockSize, eps: this.eps, key: ctx.key() });
  }
}
