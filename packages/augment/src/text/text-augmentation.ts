/** Texts changed anew in every training step, as a plugin. */
import { type AnyPlugin, type Batch, checkFunction, checkOptions, definePlugin, fail, type Inputs, type Schedule, scope, show, strength } from '@parsimony/core';
import { version } from '../../package.json';
import { augmentTexts, checkTexts, checkTransform, type TextTransform } from './text-transform';
import { splitWords } from './words';

export interface TextAugmentationOptions {
  /** The texts of the training set, in its order: the text of sample i at i. */
  readonly texts: readonly string[];
  /** What makes a model's inputs of texts: the same that made those of the data set. One row a text. */
  readonly encode: (texts: readonly string[]) => Inputs;
  readonly transform: TextTransform;
  /** Probability that a text is changed, in [0, 1]: a number or a schedule of the step. Default 1. */
  readonly p?: Schedule;
  /** Language of the texts. Default 'en'. */
  readonly locale?: string;
  /** Tells this one from another of its kind. */
  readonly instance?: string;
}

/**
 * Changes the texts of each training batch and encodes them anew, ahead of every other change of the inputs. Which texts they are
 * tells the batch's `ids`, so the data set may come in any order, but must not be a `subset` whose texts are numbered otherwise.
 * Evaluation sees the texts as they are; a resumed fit goes on with the same draws.
 *
 * @throws option: an unknown option or one out of range. data: texts that are none, a sample without a text, inputs of another number.
 * @see the transform's own source.
 * @example
 * ```ts
 * import { arrayDataset, losses, nn, optim, ready, tensor, Trainer } from '@parsimony/core';
 * import { randomDeletion, textAugmentation } from '@parsimony/augment/text';
 * await ready();
 * const texts = ['good good film', 'bad film', 'a good one', 'a bad one'];
 * const counts = (text: string) => ['good', 'bad'].map((word) => text.split(' ').filter((other) => other === word).length);
 * const trainer = new Trainer({
 *   model: new nn.Linear(2, 2), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7,
 *   plugins: [textAugmentation({ texts, encode: (some) => tensor(some.map(counts)), transform: randomDeletion({ p: 0.2 }) })],
 * });
 * const inputs = Float32Array.from(texts.flatMap(counts));
 * const { history } = await trainer.fit({ train: arrayDataset({ inputs, shape: [2], labels: [0, 1, 0, 1], numClasses: 2 }), epochs: 3, batchSize: 2 });
 * history.length; // => 3
 * ```
 */
export function textAugmentation(options: TextAugmentationOptions): AnyPlugin {
  const where = 'textAugmentation';
  checkOptions(where, options, ['texts', 'encode', 'transform', 'p', 'locale', 'instance']);
  const texts = checkTexts(where, options.texts);
  checkFunction(where, 'encode', options.encode);
  const transform = checkTransform(where, options.transform);
  const p = strength(where, 'p', options.p ?? 1, { min: 0, max: 1 });
  const { instance, encode, locale = 'en' } = options;
  splitWords('', locale);
  return definePlugin({
    name: '@parsimony/augment/text',
    version,
    apiVersion: 1,
    ...(instance !== undefined && { instance }),
    options: { texts: { external: 'texts' }, encode: { external: 'encode' }, transform: { technique: transform.technique, options: transform.options }, p: p.schedule, locale },
    claims: { writes: { 'batch.inputs': 'replace' } },
    batchSemantics: 'per-sample',
    hooks: {
      transformBatch: {
        order: 'pre',
        before: ['@parsimony/augment/augment'],
        async handler(batch, ctx): Promise<Batch | undefined> {
          const now = p.at(ctx);
          const key = ctx.rng('text');
          if (now === 0) return undefined;
          const chosen = Array.from(await batch.ids.data(), (id) => texts[id] ?? fail('data', `${where}: sample ${id} of the data set has no text: \`texts\` holds ${texts.length}. Give the texts of the training set, in its order.`));
          const changed = augmentTexts(chosen, transform, key, { p: now, locale });
          return scope(() => ({ ...batch, inputs: encoded(where, encode, changed) }));
        },
      },
    },
  });
}

function encoded(where: string, encode: TextAugmentationOptions['encode'], texts: readonly string[]): Inputs {
  const inputs: unknown = encode(texts);
  if (inputs === null || typeof inputs !== 'object') return fail('data', `${where}: \`encode\` must return a tensor, or tensors by name, received ${show(inputs)}.`);
  return inputs as Inputs;
}
