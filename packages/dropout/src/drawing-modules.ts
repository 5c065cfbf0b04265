/** Which modules of a model draw at random in training. */
import type { nn } from '@parsimony/core';

const marked = new WeakSet<object>();

/** Says that a module draws in training, though its class does not: one whose weights are masked. */
export const markAsDrawing = (module: nn.Module<never, unknown>): void => { marked.add(module); };

/** Paths of the modules that drop or draw otherwise. */
export function drawsAtRandom(model: nn.Module<never, unknown>): string[] {
  return model.namedModules().flatMap(([path, module]) => {
    const { drops, draws } = module.traits ?? {};
    return (drops !== undefined && drops.p !== 0) || draws === true || marked.has(module) ? [path] : [];
  });
}
