/** How a fit finds what makes its trainer once more. */
import { fail, show } from '../../errors';
import { checkOptions } from '../../options';
import { toJson } from '../../checkpoint/json';
import type { Json } from '../../types';

/** Where replicas find the function that makes this trainer: the default export of a module, called with `args`. */
export interface TrainerFactory {
  /** Address of the module: `import.meta.url`. */
  readonly module: string | URL;
  /** What the function is called with. Default nothing. */
  readonly args?: readonly Json[];
}

export interface CheckedFactory { readonly module: string; readonly args: readonly Json[] }

export function checkFactory(where: string, factory: string | URL | TrainerFactory | undefined): CheckedFactory | undefined {
  if (factory === undefined) return undefined;
  const { module, args = [] } = typeof factory === 'string' || factory instanceof URL ? { module: factory } : checkRecord(where, factory);
  const url = String(module);
  if (!URL.canParse(url)) fail('option', `${where}: \`factory\` must be the address of a module, such as \`import.meta.url\`, received ${show(url)}. From a path: \`pathToFileURL(path)\`.`);
  if (!Array.isArray(args)) fail('option', `${where}: \`factory.args\` must be a list, received ${show(args)}.`);
  toJson('factory.args', args);
  return { module: url, args };
}

function checkRecord(where: string, factory: TrainerFactory): TrainerFactory {
  checkOptions(`${where}: factory`, factory, ['module', 'args']);
  if (typeof factory.module !== 'string' && !(factory.module instanceof URL)) fail('option', `${where}: \`factory.module\` must be the address of a module, such as \`import.meta.url\`, received ${show(factory.module)}.`);
  return factory;
}
