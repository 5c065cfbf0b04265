/** Training far above validation: decay, then augmentation, then early stopping, one at a time. */
import { type Advice, type Case, percent, type Rule } from '../advice';
import { addPlugin, both, type Change, setKey, setPlugin } from '../change';
import { entriesOf, entryOf, numberIn, optimizerOf } from '../configuration';

const source = 'Goodfellow, Bengio, Courville, Deep Learning (2016), 5.2: the gap between training and test error; 7: what narrows it.';

/** Of augmentation and mixing, any counts. */
const augmenting = ['augment', 'augMix', 'mixup', 'cutmix', 'mixupOrCutmix', 'manifoldMixup', 'fmix', 'mosaic', 'ricap', 'specAugment', 'text', 'textAugmentation', 'gaussianJitter', 'featureSwap', 'tabularMixup'];

export const overfitting: Rule = (given) => {
  const { evidence: { accuracies }, limits } = given;
  if (accuracies === undefined) return [];
  const gap = accuracies.train - accuracies.validation;
  // A gap of 0.05 is one, however it is rounded.
  if (gap < limits.mildGap - 1e-9) return [];
  const severe = gap >= limits.severeGap - 1e-9;
  const change = next(given, severe ? 1e-3 : 1e-4);
  return [{
    code: 'overfitting', verdict: severe ? 'severe overfitting' : 'mild overfitting', severity: 'warning',
    message: `Training is ${percent(accuracies.train)} right, validation ${percent(accuracies.validation)}: ${percent(gap).replace(' %', '')} points less (${severe ? 'severe' : 'mild'} from ${percent(severe ? limits.severeGap : limits.mildGap).replace(' %', '')}). `
      + 'What narrows it, one at a time: weight decay of 1e-4 to 1e-3 or dropout of 0.2 to 0.5 in the network, then augmentation, then early stopping.',
    figures: { trainAccuracy: accuracies.train, validationAccuracy: accuracies.validation, gap, threshold: severe ? limits.severeGap : limits.mildGap },
    source, change,
  } satisfies Advice];
};

/** The first of the ladder that is not yet there. */
function next({ configuration, plain, task }: Case, decay: number): Change {
  const entries = entriesOf(configuration);
  if (plain && entries.length > 0) return setKey('/runs', ['regularized']);
  const regularized = (change: Change): Change => (plain ? both(change, setKey('/runs', ['regularized'])) : change);
  const own = entryOf(configuration, 'weightDecay');
  const optimizer = optimizerOf(configuration);
  const penalized = entries.some(({ name }) => ['l1', 'l2', 'elasticNet', 'l2sp'].includes(name));
  if (own === undefined && optimizer.weightDecay === 0 && !penalized) return regularized(addPlugin('weightDecay', { decay }));
  // 0.01 is the plugin's default.
  const strength = own === undefined ? optimizer.weightDecay : own.options['decay'] === undefined ? 0.01 : numberIn(own.options, 'decay');
  const raised = (value: number): Change => (own === undefined ? setKey('/optimizer/weightDecay', value) : setPlugin(own, { decay: value }));
  if (strength !== undefined && strength < decay && !penalized) return raised(decay);
  if (task === 'general' || task === 'vision') {
    if (!entries.some(({ name }) => augmenting.includes(name))) {
      return regularized(task === 'vision' ? addPlugin('augment', { transform: { name: 'RandomCrop', padding: 2 } }) : addPlugin('mixup', { alpha: 0.2 }));
    }
  }
  if (entryOf(configuration, 'earlyStopping') === undefined) return regularized(addPlugin('earlyStopping', { patience: 10 }));
  if (entryOf(configuration, 'labelSmoothing') === undefined && entryOf(configuration, 'distillation') === undefined) return regularized(addPlugin('labelSmoothing', { epsilon: 0.1 }));
  // Another penalty is in its place, of which more is not known to be better.
  if (own === undefined && optimizer.weightDecay === 0) return setKey('/trainSize', 2 * (numberIn(configuration, 'trainSize') ?? 2000));
  return raised(Number((3 * (strength ?? decay)).toPrecision(6)));
}
