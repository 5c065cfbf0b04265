/** `parsimony augment --preview FILE…`: a contact sheet of what a policy does to images of one's own. */
import { extname } from 'node:path';
import { checkNumber, checkOptions, fail } from '@parsimony/core';
import { defineCommand } from 'citty';
import { policiesOf } from '../gallery/policies';
import { preview } from '../gallery/preview';

const where = 'parsimony augment';
const defaults = { policy: 'TrivialAugmentWide', draws: 6, seed: 0, size: 160, out: 'augmented.png' } as const;

const args = {
  preview: { type: 'boolean', description: 'Write a contact sheet of FILE…: each image as it is, then as the policy changes it' },
  policy: { type: 'string', description: `A transform by name, a .json file, or JSON, of which a list is done one after the other; several names and files, separated by commas, are shown below each other (default: ${defaults.policy})`, valueHint: 'NAME|FILE|JSON' },
  draws: { type: 'string', description: `Changed images beside each, 1 to 32 (default: ${defaults.draws})`, valueHint: 'N' },
  seed: { type: 'string', description: `The same seed gives the same sheet (default: ${defaults.seed})`, valueHint: 'N' },
  size: { type: 'string', description: `Pixels of the longer side, 8 to 1024: what is larger is made smaller before the policy, as for training (default: ${defaults.size})`, valueHint: 'N' },
  out: { type: 'string', description: `The sheet, a .png, .html or .svg file (default: ${defaults.out})`, valueHint: 'FILE' },
} as const;

export const augmentCommand = defineCommand({
  meta: { name: 'parsimony augment', description: 'Show what a policy does to images of your own: parsimony augment --preview FILE…' },
  args,
  async run({ args: given }) {
    const { _: files, ...options } = given as { readonly _: readonly string[] } & Readonly<Record<string, unknown>>;
    checkOptions(where, options, Object.keys(args));
    const example = `as in: ${where} --preview cat.jpg dog.jpg`;
    if (options['preview'] !== true) fail('option', `${where}: expected --preview and image files, ${example}`);
    if (files.length === 0) fail('option', `${where}: expected image files, ${example}`);
    const out = textOf(options, 'out') ?? defaults.out;
    if (!['.png', '.html', '.svg'].includes(extname(out).toLowerCase())) fail('option', `${where}: --out must end in .png, .html or .svg, received ${JSON.stringify(out)}.`);
    const draws = numberOf(options, 'draws', { min: 1, max: 32 });
    const seed = numberOf(options, 'seed', { min: 0 });
    const size = numberOf(options, 'size', { min: 8, max: 1024 });
    const policies = await policiesOf(where, textOf(options, 'policy') ?? defaults.policy);
    await preview({ files, policies, draws, seed, size, out });
    console.log(`${policies.map(String).join('\n')}\n${files.length} ${files.length === 1 ? 'image' : 'images'}, ${draws} ${draws === 1 ? 'draw' : 'draws'} each, seed ${seed}: ${out}`);
  },
});

type Given = Readonly<Record<string, unknown>>;

function textOf(given: Given, name: keyof typeof args): string | undefined {
  const text = given[name];
  if (text === undefined || (typeof text === 'string' && text.trim() !== '')) return text;
  return fail('option', `${where}: --${name} needs a value.`);
}

function numberOf(given: Given, name: 'draws' | 'seed' | 'size', range: { readonly min: number; readonly max?: number }): number {
  const text = textOf(given, name);
  return text === undefined ? defaults[name] : checkNumber(where, `--${name}`, Number(text), { ...range, integer: true });
}
