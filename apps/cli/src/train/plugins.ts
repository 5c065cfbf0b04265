/** The plugins of a configuration: made by a program, or by name with their options, as JSON can hold them. */
import { type AnyPlugin, checkChoice, fail, nn, ParsimonyError, show } from '@parsimony/core';
import type { DistillationOptions } from '@parsimony/distillation';
import type { ModelChoice } from './models';
import { type EntryContext, makeEntry, type OptionsOf, type PluginName, pluginNames } from './plugin-table';
import { withSchedules } from './schedule';
import { checkTeacher, loadTeacher, type TeacherConfig, type TeacherContext } from './teacher';
import { within } from './within';

/** A teacher may be a file. */
type NamedOptions<N extends PluginName> = N extends 'distillation' ? Omit<DistillationOptions, 'teacher'> & { readonly teacher: TeacherConfig } : OptionsOf<N>;
type PluginByName = { [N in PluginName]: { readonly name: N } & NamedOptions<N> }[PluginName];
/** `{ name: 'mixup', alpha: 0.2 }`, or what a plugin's factory returns. */
export type PluginConfig = PluginByName | AnyPlugin;

const brand = Symbol.for('parsimony.plugin');
const isPlugin = (value: PluginConfig): value is AnyPlugin => brand in value;

/** What a run says of its plugins. */
export interface PluginContext extends TeacherContext, EntryContext {}

/** Plugins for one run. Those by name are made anew. */
export function makePlugins(configs: readonly PluginConfig[], context: PluginContext): Promise<readonly AnyPlugin[]> {
  return Promise.all(configs.map(async (config, i) => {
    if (isPlugin(config)) return config;
    if (config.name !== 'distillation') return makePlugin(config, context);
    return makePlugin({ ...config, teacher: await loadTeacher(`\`plugins[${i}].teacher\``, config.teacher, context) }, context);
  }));
}

const makePlugin = ({ name, ...options }: PluginByName, context: EntryContext): AnyPlugin => makeEntry(name, withSchedules(options), context);

/** Stands for one that is not loaded yet. */
const anyTeacher = new nn.Identity();
/** As many as there are, so that shares and `from` are checked. */
const standIn = (teacher: unknown): unknown => (Array.isArray(teacher) ? teacher.map(() => anyTeacher) : anyTeacher);

export function checkPlugins(where: string, value: unknown, models: readonly ModelChoice[]): readonly PluginConfig[] {
  if (!Array.isArray(value)) return fail('config', `${where}: \`plugins\` must be a list of plugins or of { name, …options }, received ${show(value)}.`);
  value.forEach((item: unknown, i) => {
    const key = `plugins[${i}]`;
    if (item === null || typeof item !== 'object' || Array.isArray(item)) {
      fail('config', `${where}: \`${key}\` must be a plugin or an object with a \`name\`, received ${show(item)}.${typeof item === 'function' ? ' Call the factory: `ema()`.' : ''}`);
    }
    if (isPlugin(item as PluginConfig)) return;
    const { name } = item as { readonly name?: unknown };
    checkName(where, `${key}.name`, name);
    if (name === 'distillation') checkTeacher(`${where}: \`${key}.teacher\``, (item as { readonly teacher?: unknown }).teacher, models);
    try {
      within(where, key, () => makePlugin({ ...item, ...(name === 'distillation' ? { teacher: standIn((item as { readonly teacher?: unknown }).teacher) } : {}) } as PluginByName, { layout: 'image', patience: 1 }));
    } catch (error) {
      if (error instanceof ParsimonyError) throw error;
      fail('config', `${where}: \`${key}\`: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  });
  return value as readonly PluginConfig[];
}

function checkName(where: string, key: string, name: unknown): void {
  try {
    checkChoice(where, key, name, pluginNames);
  } catch (error) {
    fail('config', `${error instanceof Error ? error.message : String(error)} Plugins of other packages are given as themselves, in a parsimony.config.ts.`, { cause: error });
  }
}
