/** More than one change since the run before: which of them did it is not known. */
import { type Advice, type Rule } from '../advice';
import type { Operation } from '../change';
import { type Configuration, entriesOf } from '../configuration';

const source = 'Controlled comparison: one factor at a time (Fisher, The Design of Experiments, 1935, on why others must be held).';

/** What is not a change of the training. */
const besides = ['seed', 'seeds', 'backend', 'threads', 'runs', 'data'];

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

export const severalChanges: Rule = ({ configuration, previous }) => {
  if (previous === undefined) return [];
  const changed = changes(previous, configuration);
  const [kept] = changed;
  if (kept === undefined || changed.length < 2) return [];
  const target = { ...previous, [kept.key]: kept.value };
  const patch = [...new Set(changed.map(({ key }) => key))].flatMap((key): readonly Operation[] => {
    if (same(target[key], configuration[key])) return [];
    return Object.hasOwn(target, key) ? [{ op: 'add', path: `/${key}`, value: target[key] }] : [{ op: 'remove', path: `/${key}` }];
  });
  const names = changed.map(({ name }) => `\`${name}\``).join(', ');
  return [{
    code: 'several-changes', verdict: 'several changes at once', severity: 'info',
    message: `${changed.length} things changed since the run before: ${names}. Whichever way the result moved, it is not known by which. Change one at a time.`,
    figures: { changes: changed.length }, source, change: { summary: `keep the change of \`${kept.name}\` and put the others back`, patch },
  } satisfies Advice];
};

interface Changed { readonly name: string; readonly key: string; /** Of the key with this change alone. */ readonly value: unknown }

/** Keys whose values differ; of plugins, each one. */
function changes(before: Configuration, after: Configuration): readonly Changed[] {
  const keys = [...new Set([...Object.keys(after), ...Object.keys(before)])].filter((key) => !besides.includes(key) && key !== 'plugins');
  return [...pluginChanges(before, after), ...keys.filter((key) => !same(before[key], after[key])).map((key) => ({ name: key, key, value: after[key] }))];
}

function pluginChanges(before: Configuration, after: Configuration): readonly Changed[] {
  const [was, is] = [entriesOf(before), entriesOf(after)];
  const raw = (configuration: Configuration): readonly unknown[] => (configuration['plugins'] ?? []) as readonly unknown[];
  return [...new Set([...is, ...was].map(({ name }) => name))].flatMap((name): readonly Changed[] => {
    const [old, now] = [was.filter((entry) => entry.name === name), is.filter((entry) => entry.name === name)];
    if (same(old.map(({ options }) => options), now.map(({ options }) => options))) return [];
    const others = raw(before).filter((_, i) => !old.some(({ index }) => index === i));
    const place = Math.min(old[0]?.index ?? others.length, others.length);
    return [{ name, key: 'plugins', value: others.toSpliced(place, 0, ...now.map(({ index }) => raw(after)[index])) }];
  });
}
