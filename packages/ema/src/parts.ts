/** What plugins that average weights share: who evaluates by them, and their options. */
import { checkChoice, type Claims, type EvalContext, type EvalResult, fail, type Finding, type FitContext, nn, type PluginInfo, type PluginKey, show, type Weights } from '@parsimony/core';

/**
 * 'use': evaluations, and the model at the end of the fit, have the average. 'log': evaluations on the validation data are made with it
 * too, and logged under the plugin's name. 'none': it is only kept, to be exported.
 */
export type AverageEvaluation = 'use' | 'log' | 'none';

export interface AverageOptions {
  /** Where several averages are kept at once, what to call this one, after a '#'. Default: none. */
  readonly instance?: string;
  /** Of several averages one is used, the others logged or only kept. Default 'use'. */
  readonly evaluate?: AverageEvaluation;
}

/** @internal The names of the options of `AverageOptions`. */
export const averageOptions = ['instance', 'evaluate'] as const;

/** @internal As fields of a plugin's options; the instance is there where it was given. */
export function checkAverage(where: string, { instance, evaluate = 'use' }: AverageOptions): { readonly instance?: string; readonly evaluate: AverageEvaluation } {
  if (instance !== undefined && (typeof instance !== 'string' || !/^[^\s#]+$/.test(instance))) {
    fail('option', `${where}: \`instance\` must be a short name without spaces and '#', such as 'slow', received ${show(instance)}.`);
  }
  return { ...(instance !== undefined && { instance }), evaluate: checkChoice(where, 'evaluate', evaluate, ['use', 'log', 'none']) };
}

/** @internal One evaluation has one set of weights. */
export const claimsOf = (evaluate: AverageEvaluation): Claims => (evaluate === 'use' ? { writes: { 'eval.weights': 'exclusive', 'kept.weights': 'replace' } } : {});

const averages: readonly string[] = ['@parsimony/ema', '@parsimony/ema/swa'];

/** @internal What the plan says of a second average that is to be used; of two the first by name says it. */
export function averageFindings(name: string, { instance, evaluate }: { readonly instance?: string; readonly evaluate: AverageEvaluation }, peers: readonly PluginInfo[]): Finding[] {
  const keyOf = (own: string, of: string | undefined): PluginKey => (of === undefined ? own : `${own}#${of}`) as PluginKey;
  const key = keyOf(name, instance);
  const used = peers.filter((peer) => averages.includes(peer.name) && (peer.options as { readonly evaluate?: unknown }).evaluate === 'use').map((peer) => keyOf(peer.name, peer.instance));
  return evaluate !== 'use' ? [] : used.filter((peer) => key < peer).map((peer) => ({
    severity: 'error', code: 'two-averages', plugins: [key, peer],
    message: `${key} and ${peer} are both to be evaluated and kept, and an evaluation has one set of weights.`, hint: "Give all averages but one `evaluate: 'log'` or `'none'`.",
  }));
}

type Next = (weights?: Weights) => Promise<EvalResult>;

/** @internal An evaluation with the average, of it, or without it. */
export async function evaluateBy(evaluate: AverageEvaluation, average: Weights | undefined, ctx: EvalContext, next: Next): Promise<EvalResult> {
  if (average === undefined || evaluate === 'none') return next();
  if (evaluate === 'use') return next(average);
  if (ctx.split === 'validation') {
    const { loss, metrics } = await next(average);
    for (const [name, value] of Object.entries({ Loss: loss, ...metrics })) ctx.log(`validation${name.charAt(0).toUpperCase()}${name.slice(1)}`, value);
  }
  return next();
}

/** @internal */
export function keepAverage(evaluate: AverageEvaluation, average: Weights | undefined, ctx: FitContext, what: string): void {
  if (evaluate === 'use' && average !== undefined) ctx.keep(average, what);
}

/** @internal The average in a plugin's state. */
export const averageIn = (ctx: FitContext): Weights | undefined => nn.unpackWeights(ctx.state.tensors);
