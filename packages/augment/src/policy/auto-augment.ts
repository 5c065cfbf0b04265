/** AutoAugment. */
import { checkNumber, fail, show } from '@parsimony/core';
import { colourSize } from '../image/colour/sometimes';
import { defineTransform } from '../transform/define';
import { Draws } from '../transform/draws';
import type { Transform } from '../transform/transform';
import { autoAugmentTables, type SubPolicy, type SubPolicyOp } from './auto-augment-tables';
import { autoAugmentSpace, spaceOf } from './magnitudes';
import { applyPolicy, checkMoves, checkOpName, type PolicyMoveOptions, type PolicyStep } from './policy-op';

export interface AutoAugmentOptions extends PolicyMoveOptions {
  /** A published policy, by the data it was found on; or one's own: sub-policies of operations `[name, probability, bin]`, bin 0 to 9 or null. Default `'imagenet'`. */
  readonly policy?: keyof typeof autoAugmentTables | readonly SubPolicy[];
}

const bins = 10;

/**
 * Does one sub-policy of a learned policy to each image: two operations, each with its probability and magnitude. Masks, boxes and
 * keypoints move with the image.
 *
 * Drawn: the sub-policy, each of the 25 as likely; of its operations those that are done, with their magnitudes and random signs.
 *
 * @throws option: an unknown option or one out of range. data: images that have not 1 or 3 channels.
 * @see torchvision's `AutoAugment`; Cubuk et al., "AutoAugment: Learning Augmentation Policies from Data", arXiv:1805.09501.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * import { autoAugment, drawFor } from '@parsimony/augment';
 * String(autoAugment({ policy: 'cifar10' })).startsWith('AutoAugment(policy="cifar10", interpolation="nearest"'); // => true
 * const own = autoAugment({ policy: [[['Rotate', 1, 3], ['Invert', 0, null]]] });
 * Math.abs(drawFor(own, random.key(1), 1, { channels: 3, height: 32, width: 32 })[0]?.[0]?.[1] ?? 0); // => 10
 * ```
 */
export function autoAugment(options: AutoAugmentOptions = {}): Transform<readonly PolicyStep[]> {
  const where = 'AutoAugment';
  const checked = checkMoves(where, options, ['policy'], 'nearest');
  const policy = options.policy ?? 'imagenet';
  const table = typeof policy === 'string' ? published(where, policy) : checkTable(where, policy);
  const space = spaceOf(autoAugmentSpace);
  return defineTransform<readonly PolicyStep[]>({
    name: where,
    options: { policy, ...checked },
    outputSize: (size) => colourSize(where, size),
    draw(key, size) {
      const draws = new Draws(key);
      const known = Object.fromEntries(space(size));
      const steps: PolicyStep[] = [];
      for (const [name, probability, bin] of table[draws.below(table.length)] as SubPolicy) {
        const { magnitudes = null, signed = false } = known[name] ?? {};
        const [done, negative] = [draws.coin(probability), draws.coin(0.5)];
        if (!done) continue;
        const magnitude = bin === null ? 0 : magnitudes?.[bin] ?? 0;
        steps.push([name, signed && negative && magnitude !== 0 ? -magnitude : magnitude]);
      }
      return steps;
    },
    apply: (scene, steps, into) => applyPolicy(where, scene, steps, checked, into),
  });
}

function published(where: string, name: string): readonly SubPolicy[] {
  if (Object.hasOwn(autoAugmentTables, name)) return autoAugmentTables[name as keyof typeof autoAugmentTables];
  return fail('option', `${where}: \`policy\` must be one of ${Object.keys(autoAugmentTables).map((known) => `'${known}'`).join(', ')}, or a list of sub-policies, received ${show(name)}.`);
}

function checkTable(where: string, table: unknown): readonly SubPolicy[] {
  if (!Array.isArray(table) || table.length === 0) fail('option', `${where}: \`policy\` must name a published policy or be a list of at least one sub-policy, received ${show(table)}.`);
  return table.map((sub: unknown, i) => {
    if (!Array.isArray(sub)) fail('option', `${where}: \`policy[${i}]\` must be a list of operations [name, probability, bin], received ${show(sub)}.`);
    return sub.map((op: unknown, k) => checkOp(where, `policy[${i}][${k}]`, op));
  });
}

function checkOp(where: string, path: string, op: unknown): SubPolicyOp {
  if (!Array.isArray(op) || op.length !== 3) fail('option', `${where}: \`${path}\` must be [name, probability, bin], received ${show(op)}.`);
  const [name, probability, bin] = op as unknown[];
  const known = checkOpName(`${where}: \`${path}[0]\``, name);
  checkNumber(where, `${path}[1]`, probability, { min: 0, max: 1 });
  const { magnitudes = null } = autoAugmentSpace({ height: 1, width: 1 })[known] ?? {};
  if (magnitudes !== null) checkNumber(where, `${path}[2]`, bin, { min: 0, max: bins - 1, integer: true });
  else if (bin !== null) fail('option', `${where}: \`${path}[2]\` must be null, since ${known} has no magnitude, received ${show(bin)}.`);
  return op as unknown as SubPolicyOp;
}
