/** Text transforms from their JSON. */
import { checkOptions, fail, show } from '@parsimony/core';
import { chooseText, composeText } from './combine';
import { randomDeletion } from './random-deletion';
import { randomInsertion } from './random-insertion';
import { randomSwap } from './random-swap';
import { synonymReplacement } from './synonym-replacement';
import type { SynonymSource } from './synonyms';
import type { TextTransform } from './text-transform';
import { textWordDropout } from './word-dropout';

export interface ParseTextOptions {
  /** In place of `{ external: 'synonyms' }`; needed where a transform asks for synonyms. */
  readonly synonyms?: SynonymSource;
}

type Factory = (options: never) => TextTransform;
const factories: Readonly<Record<string, Factory>> = { synonymReplacement, randomInsertion, randomSwap, randomDeletion, textWordDropout };
const lists: Readonly<Record<string, (transforms: readonly TextTransform[]) => TextTransform>> = { composeText, chooseText };

/**
 * A text transform from what `JSON.stringify` makes of one: `{ technique, options }`.
 *
 * @throws option: no such form, a technique that is none, options that it refuses, a source of synonyms that is missing.
 * @example
 * ```ts
 * import { composeText, parseTextTransform, randomSwap, synonymReplacement } from '@parsimony/augment/text';
 * const synonyms = { dog: ['hound'] };
 * const kept = JSON.stringify(composeText([synonymReplacement({ synonyms }), randomSwap({ alpha: 0.2 })]));
 * JSON.stringify(parseTextTransform(JSON.parse(kept), { synonyms })) === kept; // => true
 * parseTextTransform({ technique: 'randomSwop', options: {} }); // throws parseTextTransform: no technique is called "randomSwop".
 * ```
 */
export function parseTextTransform(json: unknown, options: ParseTextOptions = {}): TextTransform {
  const where = 'parseTextTransform';
  checkOptions(where, options, ['synonyms']);
  checkOptions(where, json, ['technique', 'options'], 'field');
  const { technique, options: given } = json as { readonly technique: unknown; readonly options: unknown };
  if (typeof technique !== 'string' || !(Object.hasOwn(factories, technique) || Object.hasOwn(lists, technique))) {
    return fail('option', `${where}: no technique is called ${show(technique)}. Known: ${[...Object.keys(factories), ...Object.keys(lists)].join(', ')}.`);
  }
  checkOptions(where, given, Object.keys(given ?? {}));
  const list = lists[technique];
  if (list) {
    const { transforms } = given as { readonly transforms?: unknown };
    if (!Array.isArray(transforms)) return fail('option', `${where}: the options of ${technique} must hold a list of \`transforms\`, received ${show(given)}.`);
    return list(transforms.map((part: unknown) => parseTextTransform(part, options)));
  }
  const own = given as Readonly<Record<string, unknown>>;
  if ('synonyms' in own && options.synonyms === undefined) fail('option', `${where}: ${technique} needs a source of synonyms: give \`synonyms\`.`);
  return (factories[technique] as Factory)({ ...own, ...('synonyms' in own && { synonyms: options.synonyms }) } as never);
}
