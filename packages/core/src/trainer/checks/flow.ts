/** The layers of a model in the order they run, as far as containers state it. */
import type { Module } from '../../nn/module';
import type { ModuleTraits } from '../../nn/traits';
import type { Inputs, Outputs } from '../../types';

export interface Layer {
  /** For messages: path and class. */
  readonly label: string;
  readonly traits: ModuleTraits;
  /** The outermost container of unknown order that this layer is in; undefined where the order is known. */
  readonly bag: string | undefined;
  /** Whether a path leads around this layer; undefined: unknown. */
  readonly residual: boolean | undefined;
}

/** Layers without children, in order. */
export function layersOf(model: Module<Inputs, Outputs>): Layer[] {
  const out: Layer[] = [];
  const visit = (module: Module<unknown, unknown>, path: string, bag: string | undefined, residual: boolean | undefined): void => {
    const traits = module.traits ?? {};
    const children = module.children();
    if (children.length === 0) {
      out.push({ label: `\`${path || '(root)'}\` (${module.constructor.name})`, traits, bag, residual });
      return;
    }
    const known = traits.flow !== undefined;
    const around = traits.flow === 'residual' || residual === true ? true : known ? residual : undefined;
    for (const [name, child] of children) visit(child, path === '' ? name : `${path}.${name}`, bag ?? (known ? undefined : path || '(root)'), around);
  };
  visit(model as unknown as Module<unknown, unknown>, '', undefined, false);
  return out;
}

/** Whether a certainly runs before b, for layers in the order of `layersOf`. */
export const ordered = (a: Layer, b: Layer): boolean => a.bag === undefined || a.bag !== b.bag;

/** Drops activations, not whole branches. */
export const dropsUnits = ({ traits }: Layer): boolean => traits.drops !== undefined && traits.drops.unit !== 'path' && traits.drops.p !== 0;
