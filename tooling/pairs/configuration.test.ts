/** What configurations of the command take by name, beside every plugin there is, and the table of docs/configuration.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { AnyPlugin, Json } from '@parsimony/core';
import { describe, expect, test } from 'vitest';
import { type PluginName, pluginNames, pluginTable } from '../../apps/cli/src/train/plugin-table';
import { pluginsByName } from './plugins';

/** Plugins that no configuration can name, each with its reason. */
const unnamed: Readonly<Record<string, string>> = {
  textAugmentation: 'its texts, and what makes numbers of them, belong to the data of a program',
};

/** Options without a default that a plugin cannot be made without. */
const needed: Partial<Record<PluginName, Readonly<Record<string, unknown>>>> = {
  clipByValue: { clipValue: 1 }, tabularMixup: { columns: 784 }, augment: { transform: { name: 'RandomCrop' } }, activityRegularization: { match: '1', l1: 1 }, distillation: { teacher: (x: unknown) => x },
};
/** Defaults that depend on the run, or that a plugin records otherwise than they are given. */
const said: Partial<Record<PluginName, Readonly<Record<string, string>>>> = {
  activityRegularization: { l1: '0' }, ema: { warmup: 'true' }, swa: { startStep: 'three quarters of the run', everySteps: 'an epoch' },
  earlyStopping: { patience: 'that of the configuration' }, augment: { transform: '**required**', shape: '[28, 28] on a flat network' },
  ...Object.fromEntries(['augMix', 'cutmix', 'mixupOrCutmix', 'fmix', 'mosaic', 'ricap'].map((name) => [name, { shape: '[28, 28] on a flat network' }])),
  specAugment: { policy: '"LB"', shape: '[28, 28] on a flat network' },
  manifoldMixup: { layers: 'those of a `Sequential` but the last' },
};

const make = (name: PluginName, options: object): AnyPlugin => (pluginTable[name].make as (options: object) => AnyPlugin)(options);

/** As the refusal of an option that is none of them lists them. */
function optionsOf(name: PluginName): readonly string[] {
  try {
    make(name, { '?????????': 0 });
  } catch (error) {
    const list = /Known options: (.*)\.$/.exec(error instanceof Error ? error.message : '')?.[1];
    if (list !== undefined) return [...new Set(list.split(', '))].filter((option) => option !== 'none');
  }
  throw new Error(`${name} does not refuse an unknown option.`);
}

function row(name: PluginName): string {
  const required = needed[name] ?? {};
  const defaults = make(name, required).options as Readonly<Record<string, Json>>;
  const options = optionsOf(name).map((option) => {
    const known = said[name]?.[option] ?? (option in required ? '**required**' : option in defaults ? JSON.stringify(defaults[option]).replaceAll(',', ', ') : undefined);
    return known === undefined ? `\`${option}\`` : `\`${option}\` ${known}`;
  });
  return `| \`${name}\` | ${pluginTable[name].from.replace('@parsimony/', '')} | ${pluginTable[name].what} | ${options.join('; ') || 'none'} |`;
}

describe('plugins by name', () => {
  test('are all there are, save those with a reason', () => {
    expect([...pluginNames, ...Object.keys(unnamed)].sort()).toEqual(Object.keys(pluginsByName).sort());
  });

  test('stand in docs/configuration.md with their options and defaults', () => {
    const file = new URL('../../docs/configuration.md', import.meta.url);
    const text = readFileSync(file, 'utf8');
    const table = /^\| plugin \|.*\n\|[-|]+\|\n((?:\|.*\n)+)/m.exec(text)?.[1] ?? '';
    const rows = `${pluginNames.map(row).join('\n')}\n`;
    if (process.env['WRITE_PLUGINS'] === '1') writeFileSync(file, text.replace(table, () => rows));
    else expect(table, 'WRITE_PLUGINS=1 npx vitest run configuration.test.ts writes it').toBe(rows);
  });
});
