/** A loss that jumps, gradients that do, or values that are not finite: clipping, a longer warm-up, a lower rate. */
import { type Advice, type Case, figure, percent, type Rule } from '../advice';
import { addPlugin, both, type Change, setKey } from '../change';
import { entryOf, numberIn } from '../configuration';

const source = 'Pascanu, Mikolov, Bengio, On the difficulty of training recurrent neural networks, arXiv:1211.5063 (clipping); Goyal et al., arXiv:1706.02677 (warm-up).';

interface Sign { readonly said: string; readonly figures: Readonly<Record<string, number>>; readonly early: boolean }

export const instability: Rule = (given) => {
  const sign = nonFinite(given) ?? lossSpike(given) ?? gradientSpike(given);
  if (sign === undefined) return [];
  return [{
    code: 'instability', verdict: 'instability', severity: 'warning',
    message: `${sign.said} Clip the gradients, warm the learning rate up for longer, or lower it.`,
    figures: sign.figures, source, change: next(given, sign.early),
  } satisfies Advice];
};

function nonFinite({ evidence: { skippedSteps, nonFinite: epochs } }: Case): Sign | undefined {
  if (skippedSteps === 0 && epochs === 0) return undefined;
  return {
    said: epochs > 0 ? `The loss was not finite in ${epochs} row${epochs === 1 ? '' : 's'} of the history.` : `${skippedSteps} step${skippedSteps === 1 ? ' was' : 's were'} left out for a loss or gradient that was not finite.`,
    figures: { skippedSteps, nonFiniteRows: epochs }, early: false,
  };
}

/**
 * Measured by the first epoch's loss: at the end of a run the least loss is so small that any is many times it. Where there are checks, the
 * validation loss must have jumped in the same epoch or the next: with few steps an epoch, mixing alone makes the training loss jump.
 */
function lossSpike({ evidence: { losses, checks }, limits }: Case): Sign | undefined {
  const jumps = jumpsOf(losses, limits.spike);
  const confirmed = new Set(jumpsOf(checks.map(({ loss }) => loss), limits.spike).map(({ index }) => checks[index]?.epoch));
  const worst = jumps.filter(({ index }) => checks.length === 0 || confirmed.has(index) || confirmed.has(index + 1)).toSorted((a, b) => b.rise - a.rise)[0];
  return worst === undefined ? undefined : {
    said: `The training loss rose from ${figure(worst.before)} to ${figure(worst.loss)} by epoch ${worst.index + 1}, ${percent(worst.rise)} of what it was in the first.`,
    figures: { from: worst.before, to: worst.loss, epoch: worst.index + 1, rise: worst.rise, threshold: limits.spike }, early: worst.index < losses.length / 5,
  };
}

interface Jump { readonly index: number; readonly rise: number; readonly loss: number; readonly before: number }

/** Where a curve is above its least value so far by so large a share of its first one. */
function jumpsOf(curve: readonly number[], share: number): readonly Jump[] {
  const first = curve[0] ?? 0;
  let before = Infinity;
  return first > 0 ? curve.flatMap((loss, index): readonly Jump[] => {
    before = Math.min(before, loss);
    const rise = (loss - before) / first;
    return rise < share ? [] : [{ index, rise, loss, before }];
  }) : [];
}

function gradientSpike({ evidence: { gradientNorms }, limits }: Case): Sign | undefined {
  let most = gradientNorms[0] ?? Infinity;
  for (const [epoch, norm] of gradientNorms.entries()) {
    if (norm > limits.gradientSpike * most) {
      return {
        said: `The gradients of epoch ${epoch + 1} had a norm of ${figure(norm)} on average, and at most ${figure(most)} in any epoch before.`,
        figures: { gradientNorm: norm, before: most, epoch: epoch + 1, ratio: norm / most, threshold: limits.gradientSpike }, early: epoch < gradientNorms.length / 5,
      };
    }
    most = Math.max(most, norm);
  }
  return undefined;
}

function next({ configuration, plain, evidence }: Case, early: boolean): Change {
  const clipped = ['clipByGlobalNorm', 'clipByValue', 'adaptiveClip'].some((name) => entryOf(configuration, name) !== undefined);
  const warm = configuration['schedule'] as Readonly<Record<string, unknown>> | number | undefined;
  const steps = typeof warm === 'object' && warm?.['schedule'] === 'warmup' ? numberIn(warm, 'steps') : undefined;
  if (!clipped && !(plain && (configuration['plugins'] as readonly unknown[] | undefined)?.length)) {
    const clip = addPlugin('clipByGlobalNorm', { maxNorm: 1 });
    return plain ? both(clip, setKey('/runs', ['regularized'])) : clip;
  }
  if (early && steps !== undefined) return setKey('/schedule/steps', 2 * steps);
  if (early) return setKey('/schedule', { schedule: 'warmup', value: warm ?? 1, steps: Math.max(1, Math.round(evidence.steps / 20)) });
  return setKey('/lr', Number(((numberIn(configuration, 'lr') ?? 1e-3) / 3).toPrecision(3)));
}
