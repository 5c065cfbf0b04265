/** What a plan says of a penalty that goes through the gradient of an optimizer that rescales gradients. */
import type { Finding, PlanSettings, PluginKey } from '@parsimony/core';

/** @internal Nothing, or a warning. */
export function adaptiveFindings(technique: string, key: PluginKey, { optimizer }: PlanSettings, instead: string): Finding[] {
  if (!optimizer?.adaptive) return [];
  return [{
    severity: 'warning', code: 'penalty-through-adaptive', plugins: [key],
    message: `${technique} goes through the gradient, which \`${optimizer.name}\` divides by its recent size, so that weights with large gradients are hardly penalized (arXiv:1711.05101).`,
    hint: instead,
  }];
}
