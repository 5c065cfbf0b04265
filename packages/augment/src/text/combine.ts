/** Text transforms one after the other, or one of several. */
import { fail, random, show } from '@parsimony/core';
import { editWords, type TextEdit } from './edits';
import { checkTransform, type TextTransform } from './text-transform';

const toJson = ({ technique, options }: TextTransform) => ({ technique, options });

/**
 * All of the transforms, each on what the one before it left.
 *
 * @throws option: no list of transforms.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * import { augmentTexts, composeText, randomSwap, textWordDropout } from '@parsimony/augment/text';
 * const both = composeText([randomSwap(), textWordDropout({ p: 1, unknown: 'x' })]);
 * augmentTexts(['a, b'], both, random.key(1)); // => ['x, x']
 * ```
 */
export function composeText(transforms: readonly TextTransform[]): TextTransform {
  const list = checkList('composeText', transforms);
  return {
    technique: 'composeText',
    options: { transforms: list.map(toJson) },
    draw(key, words): TextEdit[] {
      let left = words;
      return list.flatMap((transform, i) => {
        const edits = transform.draw(random.foldIn(key, `part ${i}`), left);
        left = editWords(left, edits);
        return edits;
      });
    },
  };
}

/**
 * One of the transforms for each text, chosen uniformly.
 *
 * @throws option: no list of transforms, or an empty one.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * import { augmentTexts, chooseText, randomDeletion, randomSwap } from '@parsimony/augment/text';
 * const one = chooseText([randomSwap(), randomDeletion({ p: 1 })]);
 * new Set(augmentTexts(Array.from({ length: 50 }, () => 'a b'), one, random.key(1))).size; // => 3
 * ```
 */
export function chooseText(transforms: readonly TextTransform[]): TextTransform {
  const list = checkList('chooseText', transforms);
  if (list.length === 0) fail('option', 'chooseText: expected at least one transform, received none.');
  return {
    technique: 'chooseText',
    options: { transforms: list.map(toJson) },
    draw(key, words) {
      const i = random.integers(random.foldIn(key, 'choice'))(list.length);
      return (list[i] as TextTransform).draw(random.foldIn(key, `part ${i}`), words);
    },
  };
}

function checkList(where: string, transforms: unknown): readonly TextTransform[] {
  if (!Array.isArray(transforms)) return fail('option', `${where}: expected a list of text transforms, received ${show(transforms)}.`);
  return transforms.map((transform: unknown) => checkTransform(where, transform));
}
