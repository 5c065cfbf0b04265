import type { Check } from './check';
import { warning } from './check';

/** Weight decay stated twice, or as a gradient term of an adaptive optimizer (Loshchilov and Hutter, arXiv:1711.05101). */
export const decay: Check = ({ optimizer, plugins }) => {
  if (!optimizer?.ownsDecay) return [];
  const owner = plugins.find(({ plugin }) => plugin.claims.writes?.['params.decay'] !== undefined);
  if (owner) {
    return [{
      severity: 'error', code: 'decay-twice', plugins: [owner.key],
      message: `${owner.key} owns the weight decay (\`params.decay\`), and the optimizer \`${optimizer.name}\` was given one too.`,
      hint: 'Leave `weightDecay` out of the optimizer, or the plugin out.',
    }];
  }
  return optimizer.adaptive && optimizer.decayKind === 'coupled'
    ? [warning('coupled-decay', `\`${optimizer.name}\` takes its \`weightDecay\` through the gradient, where the adaptive rate weakens it for weights with large gradients (arXiv:1711.05101).`, 'Use `optim.adamw` or the weightDecay plugin.')]
    : [];
};
