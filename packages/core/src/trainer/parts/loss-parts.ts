/**
 * How the loss of a step is put together. Every part is a sum and what to divide it by. In one piece, the mean of each part is
 * added up. In microbatches, sums and denominators of each part add up separately, and the division comes last, so that k
 * microbatches give the gradients of one batch with ignored labels and class weights too.
 */
import { fail, show } from '../../errors';
import { add } from '../../ops/add';
import { div } from '../../ops/div';
import { maximum } from '../../ops/maximum';
import { mul } from '../../ops/mul';
import { reshape } from '../../ops/reshape';
import { isTensor } from '../../tensor/find';
import { showShape } from '../../tensor/shape';
import type { Tensor } from '../../tensor/tensor';
import type { Loss, LossTerm } from '../../types';

/** A summand of the loss. Without a denominator it is a number of its own, which microbatches share by their size. */
export interface LossPart {
  readonly name: string;
  readonly sum: Tensor;
  readonly denominator: Tensor | undefined;
}

/** Refuses what is not a loss of one element; both come out without axes. */
export function checkLoss(where: string, loss: unknown): Loss {
  const { sum, denominator } = (loss ?? {}) as Partial<Loss>;
  if (!isTensor(sum) || !isTensor(denominator)) return fail('plugin', `${where}: a loss is { sum, denominator }, two tensors of one element, received ${show(loss)}.`);
  return { sum: single(where, sum), denominator: single(where, denominator) };
}

function single(where: string, x: Tensor): Tensor {
  if (x.size !== 1) fail('shape', `${where}: a loss has one element, received shape ${showShape(x.shape)}. Sum it, and give the number of summands as the denominator.`);
  return x.rank === 0 ? x : reshape(x, []);
}

/** A term with its weight as a part. */
export function partOf({ name, loss }: LossTerm, weight: number): LossPart {
  const where = `loss term '${name}'`;
  const scaled = (x: Tensor): Tensor => (weight === 1 ? x : mul(x, weight));
  if (isTensor(loss)) return { name, sum: scaled(single(where, loss)), denominator: undefined };
  const { sum, denominator } = checkLoss(where, loss);
  return { name, sum: scaled(sum), denominator };
}

/** The mean of the whole: parts of one piece. */
export const meanOfParts = (parts: readonly LossPart[]): Tensor =>
  parts.map(({ sum, denominator }) => (denominator ? div(sum, denominator) : sum)).reduce(add);

/** Parts as one loss with the denominator of the first: sum = D (S_0 / D + sum_t S_t / D_t). A part of nothing adds 0. */
export function wholeOf(main: LossPart & { readonly denominator: Tensor }, terms: readonly LossPart[]): Loss {
  const { denominator } = main;
  const sum = terms.reduce((total, term) => {
    const mean = term.denominator ? div(term.sum, maximum(term.denominator, 1e-12)) : term.sum;
    return add(total, mul(mean, denominator));
  }, main.sum);
  return { sum, denominator };
}

/** Parts to differentiate apart: those with the denominator of another join it; those without any share by size. */
export function groupParts(parts: readonly LossPart[], share: number): LossPart[] {
  const out: LossPart[] = [];
  for (const part of parts) {
    const own = part.denominator ? part : { ...part, name: '', sum: mul(part.sum, share) };
    const i = out.findIndex((other) => other.denominator === own.denominator);
    const other = out[i];
    if (other) out[i] = { ...other, sum: add(other.sum, own.sum) };
    else out.push(own);
  }
  return out;
}
