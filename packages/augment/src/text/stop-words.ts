/** Words that say little by themselves, and stay as they are where synonyms are looked for. */
import { fail, show } from '@parsimony/core';

/** English articles, pronouns, prepositions, conjunctions, auxiliary verbs and their short forms, in small letters. */
export const englishStopWords: readonly string[] = `
a an the this that these those
i me my mine myself we us our ours ourselves you your yours yourself yourselves he him his himself she her hers herself it its itself
they them their theirs themselves who whom whose which what one
and or but nor so yet if because as until while although though unless than whether
of at by for with about against between into through during before after above below to from up down in out on off over under upon within without
am is are was were be been being have has had having do does did doing will would shall should can could may might must ought cannot
not no only very too just more most such same own other some any each few both all again further then once here there when where why how now also
i'm you're he's she's it's we're they're i've you've we've they've i'd you'd he'd she'd we'd they'd i'll you'll he'll she'll we'll they'll that's there's what's who's let's
isn't aren't wasn't weren't haven't hasn't hadn't don't doesn't didn't won't wouldn't shan't shouldn't can't couldn't mightn't mustn't
`.trim().split(/\s+/);

/** Whether a word is one of them, whatever its case; apostrophes may be curly. */
export function stopWordTest(where: string, words: Iterable<string> = englishStopWords): (word: string) => boolean {
  if (typeof words === 'string' || typeof (words as Iterable<string> | null)?.[Symbol.iterator] !== 'function') {
    fail('option', `${where}: \`stopWords\` must be a list of words, received ${show(words)}. [] for none.`);
  }
  const known = new Set<string>();
  for (const word of words) known.add(typeof word === 'string' ? plain(word) : fail('option', `${where}: \`stopWords\` must be words, received ${show(word)}.`));
  return (word) => known.has(plain(word));
}

const plain = (word: string): string => word.toLowerCase().replaceAll('’', "'");
