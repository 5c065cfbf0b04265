/** A validation curve that goes up and down from check to check: averaged weights, or a lower rate. */
import { type Advice, percent, type Rule } from '../advice';
import { addPlugin, both, setKey } from '../change';
import { entryOf, numberIn } from '../configuration';
import { noiseOf } from '../evidence';

const source = 'Standard deviation by second differences (von Neumann, 1941); Izmailov et al., arXiv:1803.05407: averages of weights smooth what the rate shakes.';

/** Enough to tell noise from a course, few enough to be of the present. */
const [least, most] = [6, 10];

export const noisyValidation: Rule = ({ evidence: { checks }, configuration, plain, limits }) => {
  const losses = checks.map(({ loss }) => loss).filter(Number.isFinite).slice(-most);
  if (losses.length < least) return [];
  const noise = noiseOf(losses);
  if (!(noise >= limits.noise)) return [];
  const averaged = entryOf(configuration, 'ema') !== undefined || entryOf(configuration, 'swa') !== undefined;
  const average = addPlugin('ema', { decay: 0.99 });
  const [regularized, lower] = [setKey('/runs', ['regularized']), setKey('/lr', Number(((numberIn(configuration, 'lr') ?? 1e-3) / 3).toPrecision(3)))];
  return [{
    code: 'noisy-validation', verdict: 'noisy validation curve', severity: 'info',
    message: `Over the last ${losses.length} checks the validation loss scatters about its course by ${percent(noise)} of its size, so that the best check is one by chance. Average the weights, lower the rate, or validate on more samples.`,
    figures: { noise, checks: losses.length, threshold: limits.noise },
    source, change: averaged ? plain ? regularized : lower : plain ? both(average, regularized) : average,
  } satisfies Advice];
};
