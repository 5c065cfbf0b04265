/** Teachers: what each gives for a batch, and several as one. */
import {
  checkNumber, fail, type FitContext, inference, type Inputs, isTensor, type MicroContext, nn, noGrad, ops, type Outputs, type Params, scope, show, type Tensor, type Weights,
} from '@parsimony/core';
import { CachedLogits } from './cached-logits';

/**
 * A trained model; whatever gives scores for inputs; scores that were written once (`cacheLogits`); or 'ema', the average of the model's own
 * weights that `@parsimony/ema` keeps.
 */
export type Teacher = nn.Module<Inputs, Outputs> | nn.Module | ((inputs: Inputs) => Tensor) | CachedLogits | 'ema';

/** @internal What a teacher said of a microbatch. Features by module path; '' is what it puts out. */
export interface Lesson { readonly scores: Tensor; readonly features: Params }

/** @internal */
export interface TeacherRun {
  readonly given: Teacher;
  /** Whether it has modules to look into. */
  readonly hasFeatures: boolean;
  teach(ctx: MicroContext, paths: readonly string[]): Lesson;
}

/** @internal One or more teachers and their shares, which sum to 1. */
export interface Teachers { readonly all: readonly TeacherRun[]; readonly shares: readonly number[] }

/** @internal */
export function checkTeachers(where: string, teacher: unknown, weights: unknown): Teachers {
  const list: readonly unknown[] = Array.isArray(teacher) ? teacher : [teacher];
  if (list.length === 0) fail('option', `${where}: \`teacher\` is an empty list. Give one teacher or more.`);
  const all = list.map((one, i) => teacherRun(Array.isArray(teacher) ? `${where}: \`teacher[${i}]\`` : `${where}: \`teacher\``, one));
  if (weights !== undefined && (!Array.isArray(weights) || weights.length !== all.length)) {
    fail('option', `${where}: \`teacherWeights\` must be a list of ${all.length}, a number for each teacher, received ${show(weights)}.`);
  }
  const given = all.map((_, i) => checkNumber(where, `teacherWeights[${i}]`, weights === undefined ? 1 : (weights as readonly unknown[])[i], { min: 0, minExclusive: true }));
  const sum = given.reduce((a, b) => a + b, 0);
  return { all, shares: given.map((share) => share / sum) };
}

function teacherRun(where: string, given: unknown): TeacherRun {
  if (given === 'ema') return { given, hasFeatures: true, teach: (ctx, paths) => runModule(where, ctx.model, ctx, paths, averageOf(ctx)) };
  // One without weights may never have been told its paths.
  if (nn.isModule(given) && given.namedModules().every(([, { path }]) => path === '')) given.assignPaths();
  if (nn.isModule(given)) return { given: given as nn.Module<Inputs, Outputs>, hasFeatures: true, teach: (ctx, paths) => runModule(where, given as nn.Module<Inputs, Outputs>, ctx, paths) };
  const scoresOnly = (run: (ctx: MicroContext) => unknown): Pick<TeacherRun, 'hasFeatures' | 'teach'> => ({ hasFeatures: false, teach: (ctx) => scope(() => noGrad(() => lesson(where, run(ctx), {}))) });
  if (given instanceof CachedLogits) return { given, ...scoresOnly((ctx) => given.of(ctx)) };
  if (typeof given === 'function') return { given: given as (inputs: Inputs) => Tensor, ...scoresOnly((ctx) => (given as (inputs: Inputs) => unknown)(ctx.batch.inputs)) };
  return fail('option', `${where} must be a module with its weights, a function from inputs to scores, cached logits or 'ema', received ${show(given)}.`);
}

/** In evaluation, without gradient; what is not asked for is given back. */
function runModule(where: string, module: nn.Module<Inputs, Outputs>, { batch, step, totalSteps }: MicroContext, paths: readonly string[], weights?: Weights): Lesson {
  return scope(() => noGrad(() => {
    const pass = inference({ step, totalSteps, ...(weights && { weights }) });
    const features: Record<string, Tensor> = {};
    pass.onActivation = (own, output) => {
      // A teacher may be a part of a larger model.
      const path = module.path === '' ? own : own.slice(module.path.length + 1);
      if (paths.includes(path) && isTensor(output)) features[path] = output;
      return output;
    };
    // Bound to the root: a pass itself would give back, at its end, all that the outputs do not hold.
    return lesson(where, module.forward(batch.inputs, pass.bind('')), features, paths);
  }));
}

function lesson(where: string, scores: unknown, features: Params, paths: readonly string[] = []): Lesson {
  if (!isTensor(scores)) return fail('dtype', `${where} must give one tensor of scores, at once, received ${show(scores)}.`);
  for (const path of paths) if (!features[path]) fail('option', `${where} has no module at \`${path}\` that gives a tensor.`);
  return { scores, features };
}

/** What of `@parsimony/ema` is used here, wherever it comes from. */
interface Averages { averageOf(model: nn.Module<Inputs, Outputs>): Weights | undefined }

/** Before the first average: the weights as they are. */
function averageOf(ctx: FitContext): Weights {
  const averages = (ctx.api as (name: string) => unknown)('@parsimony/ema') as Averages | undefined;
  return averages?.averageOf(ctx.model) ?? ctx.weights;
}

/**
 * @internal Scores whose softmax at this temperature is the mean of the teachers' own, by their shares:
 * T log sum_k share_k softmax(scores_k / T). One teacher's are its own.
 */
export function combined(scores: readonly Tensor[], shares: readonly number[], temperature: number, axis: number): Tensor {
  const [first] = scores;
  if (first && scores.length === 1) return first;
  return scope(() => noGrad(() => {
    const logs = scores.map((x, i) => ops.add(ops.logSoftmax(ops.div(x, temperature), x.rank === 1 ? 0 : axis), Math.log(shares[i] ?? 1)));
    return ops.mul(ops.logSumExp(ops.stack(logs, 0), { axis: 0 }), temperature);
  }));
}
