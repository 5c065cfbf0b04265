/** The layers of a model in the order they run, as far as containers state it. */
import { appendedTo } from '../../nn/append';
import type { Module } from '../../nn/module';
import type { ModuleTraits } from '../../nn/traits';
import type { Inputs, Outputs } from '../../types';

export interface Layer {
  readonly module: Module<unknown, unknown>;
  /** For messages: path and class. */
  readonly label: string;
  readonly traits: ModuleTraits;
  /** The outermost container of unknown order that this layer is in; undefined where the order is known. */
  readonly bag: string | undefined;
  /** The residual containers around this layer, each with the child of it that this layer is in. */
  readonly branches: readonly (readonly [container: string, child: number])[];
}

/** Layers without children, in order; in front of them those around one that drop from its inputs or its table. */
export function layersOf(model: Module<Inputs, Outputs>): Layer[] {
  const out: Layer[] = [];
  const visit = (module: Module<unknown, unknown>, path: string, bag: string | undefined, branches: Layer['branches']): void => {
    const { traits = {} } = module;
    const children = module.children();
    const below = (name: string): string => (path === '' ? name : `${path}.${name}`);
    const inside = bag ?? (traits.flow === undefined ? path || '(root)' : undefined);
    if (children.length === 0 || (traits.flow === 'sequential' && traits.drops)) out.push({ module, label: labelOf(module, path), traits, bag, branches });
    children.forEach(([name, child], i) => {
      visit(child, below(name), inside, traits.flow === 'residual' ? [...branches, [path, i]] : branches);
    });
    // What stands behind a module runs where the module does.
    for (const [name, next] of appendedTo(module)) visit(next, below(name), bag, branches);
  };
  visit(model as unknown as Module<unknown, unknown>, '', undefined, []);
  return out;
}

export const labelOf = (module: Module<unknown, unknown>, path: string): string => `\`${path || '(root)'}\` (${module.constructor.name})`;

/** Whether a certainly runs before b and its output reaches b, for layers in the order of `layersOf`. */
export const ordered = (a: Layer, b: Layer): boolean => (a.bag === undefined || a.bag !== b.bag)
  && !a.branches.some(([container, child]) => b.branches.some((other) => other[0] === container && other[1] !== child));

/** Whether b takes the output of a as it is, for neighbours in `layersOf`. */
export const adjacent = (a: Layer, b: Layer): boolean => a.bag === undefined && b.bag === undefined
  && a.branches.length === b.branches.length && a.branches.every(([container, child], i) => b.branches[i]?.[0] === container && b.branches[i]?.[1] === child);

/** What stays whole: weights are dropped in place of activations, states within a layer, paths with their samples. */
const whole: readonly unknown[] = ['path', 'weight', 'state'];

/** A layer that drops activations and does nothing else. */
export const dropsUnits = ({ traits: { drops, recurrent } }: Layer): boolean => drops !== undefined && !recurrent && !whole.includes(drops.unit) && drops.p !== 0;

/** A layer that has weights: what comes behind the last of them is the output. */
export const learns = ({ module }: Layer): boolean => Object.keys(module.parameterShapes()).length > 0;
