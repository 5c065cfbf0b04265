/** What the parametrizations of weights share. */
import { checkNumber, fail, globMatch, nn, ops, type Shape, show, type Tensor } from '@parsimony/core';

export interface FoundWeight {
  readonly path: string;
  /** Name in its module. */
  readonly name: string;
  readonly module: nn.Module<unknown, unknown>;
  readonly shape: Shape;
}

/** @internal Parameters of a model whose path matches a glob; none is an error. */
export function findWeights(where: string, model: unknown, pattern: unknown): FoundWeight[] {
  if (!nn.isModule(model)) fail('option', `${where}: \`model\` must be a module, received ${show(model)}.`);
  if (typeof pattern !== 'string') fail('option', `${where}: \`path\` must be a path or glob such as 'layers.*.weight', received ${show(pattern)}.`);
  const modules = new Map(model.namedModules());
  const shapes = model.parameterShapes();
  const found = Object.entries(shapes).filter(([path]) => globMatch(pattern, path)).map(([path, shape]): FoundWeight => {
    const dot = path.lastIndexOf('.');
    const [owner, name] = dot < 0 ? ['', path] : [path.slice(0, dot), path.slice(dot + 1)];
    const module = modules.get(owner) ?? fail('option', `${where}: \`${path}\` is parametrized already. \`nn.removeParametrizations\` makes it an ordinary weight again.`);
    return { path, name, module, shape };
  });
  if (found.length === 0) fail('option', `${where}: no parameter matches \`${pattern}\`; the model has: ${Object.keys(shapes).join(', ') || 'none'}.`);
  return found;
}

/** @internal */
export function checkAxis(where: string, axis: unknown, rank: number): number {
  const checked = checkNumber(where, 'axis', axis, { min: -rank, max: rank - 1, integer: true });
  return checked < 0 ? checked + rank : checked;
}

/** @internal The axis of a layer's outputs in its weight: 1 in transposed convolutions, 0 elsewhere. */
export const outputAxis = (module: unknown): number =>
  (module instanceof nn.ConvTranspose1d || module instanceof nn.ConvTranspose2d || module instanceof nn.ConvTranspose3d ? 1 : 0);

/** @internal The weight as a matrix [size of axis, rest], and the way back. */
export function asMatrix(weight: Tensor, axis: number): { readonly matrix: Tensor; readonly back: (matrix: Tensor) => Tensor } {
  const order = [axis, ...weight.shape.map((_, i) => i).filter((i) => i !== axis)];
  const front = axis === 0 ? weight : ops.permute(weight, order);
  const rows = front.shape[0] ?? 1;
  return {
    matrix: ops.reshape(front, [rows, front.size / rows]),
    back: (matrix) => {
      const y = ops.reshape(matrix, front.shape);
      return axis === 0 ? y : ops.permute(y, order.map((_, i) => order.indexOf(i)));
    },
  };
}

/** @internal x / max(|x|, eps) of all of x. */
export const unit = (x: Tensor, eps: number): Tensor => ops.div(x, ops.maximum(ops.norm(x), eps));
