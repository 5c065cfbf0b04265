/** Distillation as a plugin: the model learns from a teacher beside the labels. */
import {
  type AnyPlugin, checkNumber, checkOptions, definePlugin, detach, fail, type Finding, type Inputs, isTensor, type Json, type LossContext, type LossFunction, type LossTerm, type MicroContext, type nn,
  noGrad, ops, type Outputs, type PluginInfo, type PluginKey, type Scalar, type Schedule, show, strength, type Tensor,
} from '@parsimony/core';
import { version } from '../package.json';
import { CachedLogits } from './cached-logits';
import { type Projection, Projections } from './projections';
import { checkTeachers, combined, type Lesson, type Teacher, type Teachers } from './teachers';
import type { Given, Term } from './term';
import { checkTerms, type DistillationTerm } from './terms';

const name = '@parsimony/distillation';
const plugins = [name as PluginKey];

export interface DistillationOptions {
  /** A module with its weights, run in evaluation; a function from inputs to scores; cached logits; 'ema'; or several of these in a list. Required. */
  readonly teacher: Teacher | readonly Teacher[];
  /** How much each of several teachers counts, above 0; divided by their sum. Default: all the same. */
  readonly teacherWeights?: readonly number[];
  /** a: factor of the loss on the labels, in [0, 1], a number or a schedule of the step. Default 0.1, with the teacher's 1 - a; with `losses` 1. */
  readonly alpha?: Schedule;
  /** T, above 0: a number or a schedule of the step. With `losses` each has its own. Default 4. */
  readonly temperature?: Schedule;
  /** What is learnt of the teacher, each with a weight, in place of 1 - a times Hinton's divergence. */
  readonly losses?: readonly DistillationTerm[];
  /** Where the classes stand in the outputs. Default: as the loss says, 1 for [N, C, ...] if it says nothing. */
  readonly classAxis?: number;
}

/**
 * Trains on a L + (1 - a) T^2 KL(softmax(teacher / T) || softmax(model / T)), where L is the Trainer's loss and the divergence is averaged
 * over the batch; with `losses` on a L + sum_i weight_i L_i. Several teachers' probabilities are averaged. The teacher sees the batch as mixed
 * and augmented, in evaluation, without gradient. Evaluation has the plain loss.
 *
 * @throws option: no teacher, an unknown option or one out of range. In the fit, shape: scores of another shape than the model's. data: cached
 * logits of a data set of another size.
 * @see Hinton et al., "Distilling the Knowledge in a Neural Network", arXiv:1503.02531; the defaults are those of mdistiller.
 * @example
 * ```ts
 * import { losses, nn, optim, random, ready, Trainer } from '@parsimony/core';
 * import { distillation } from '@parsimony/distillation';
 * await ready();
 * const teacher = new nn.Sequential(new nn.Linear(4, 64), new nn.ReLU(), new nn.Linear(64, 2)).init(random.key(1));
 * const trainer = new Trainer({
 *   model: new nn.Linear(4, 2), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7,
 *   plugins: [distillation({ teacher, alpha: 0.5, temperature: 2 })],
 * });
 * trainer.explain().includes('@parsimony/distillation'); // => true
 * distillation({ teacher, temperature: 0 }); // throws distillation: `temperature` must be in (0, inf), received 0.
 * ```
 */
export function distillation(options: DistillationOptions): AnyPlugin {
  const where = 'distillation';
  checkOptions(where, options, ['teacher', 'teacherWeights', 'alpha', 'temperature', 'losses', 'classAxis']);
  const teachers = checkTeachers(where, options.teacher, options.teacherWeights);
  const given = options.losses === undefined ? undefined : checkTerms(where, options.losses);
  if (given && options.temperature !== undefined) fail('option', `${where}: \`temperature\` goes with no \`losses\`: each of them has its own, { name: 'kl', temperature: 4 }.`);
  const alpha = strength(where, 'alpha', options.alpha ?? (given ? 1 : 0.1), { min: 0, max: 1 });
  const temperature = strength(where, 'temperature', options.temperature ?? 4, { min: 0, minExclusive: true });
  const [hinton] = checkTerms(where, [{ name: 'kl', temperature: temperature.schedule }]) as [Term];
  const terms: readonly Term[] = given ?? [{ ...hinton, weight: { schedule: 1, at: (ctx) => 1 - alpha.at(ctx) } }];
  checkFrom(where, terms, teachers);
  const classAxis = options.classAxis === undefined ? undefined : checkNumber(where, 'classAxis', options.classAxis, { integer: true });
  const regressed = terms.flatMap(({ regressor, layers }): Projection[] => (regressor && layers ? [{ regressor, path: layers.student }] : []));
  const projections = regressed.length > 0 ? new Projections(regressed) : undefined;
  const cached = teachers.all.map(({ given: one }) => one).filter((one) => one instanceof CachedLogits);
  const labels = numbered(terms.map((term) => (given ? term.name : 'divergence')));
  return definePlugin({
    name,
    version,
    apiVersion: 1,
    options: {
      teacher: recordedTeacher(options.teacher), ...(teachers.all.length > 1 && { teacherWeights: teachers.shares }), alpha: alpha.schedule,
      ...(given ? { losses: given.map((term) => ({ name: term.name, ...term.options })) } : { temperature: temperature.schedule }), ...(classAxis !== undefined && { classAxis }),
    } as Json,
    claims: {
      reads: ['batch.inputs', 'targets', ...(terms.some(({ layers }) => layers) ? ['activations' as const] : [])],
      writes: { loss: 'add', ...(projections && { model: 'add' as const }) },
    },
    batchSemantics: terms.some(({ perBatch }) => perBatch) ? 'per-batch' : 'per-sample',
    hooks: {
      ...(projections && {
        transformModel(model) { projections.attach(model as nn.Module<never, unknown>); return undefined; },
        microbatchStart(ctx) { projections.tap = (path) => ctx.tap(path); },
        microbatchEnd() { projections.tap = undefined; },
      }),
      ...(cached.length > 0 && {
        fitStart(ctx) {
          for (const one of cached) {
            if (one.size !== ctx.data.trainSize) fail('data', `${where}: the cached ${one.describe()}, and this fit trains on ${ctx.data.trainSize}. Write those of this data set with \`cacheLogits\`.`);
          }
        },
        async transformBatch(batch) {
          for (const one of cached) await one.load(batch);
          return undefined;
        },
      }),
      collectLossTerms(ctx): readonly LossTerm[] {
        const share = alpha.at(ctx);
        const weights = terms.map(({ weight }) => weight.at(ctx));
        const { outputs, target, lossOf } = ctx;
        if (weights.some((weight) => weight > 0) && !isTensor(outputs)) return fail('dtype', `${where}: the model's outputs must be one tensor of scores, received ${show(outputs)}.`);
        const lessons = lessonsOf(ctx, teachers, terms.filter((_, i) => (weights[i] ?? 0) > 0));
        const axis = classAxis ?? axisOf(lossOf);
        const learnt = terms.flatMap((term, i): LossTerm[] => {
          const weight = weights[i] ?? 0;
          if (weight === 0) return [];
          const loss = term.loss(givenTo(ctx, term, lessons, teachers, axis, projections));
          ctx.log(labels[i] ?? term.name, noGrad(() => ops.div(detach(loss.sum), ops.maximum(loss.denominator, 1e-12))) as Scalar);
          return [{ name: given ? term.name : 'teacher', loss, weight }];
        });
        // The loss itself is there once already: a L = L + (a - 1) L.
        return share === 1 ? learnt : [{ name: 'labels', loss: lossOf(outputs, target), weight: share - 1 }, ...learnt];
      },
    },
    check: (peers, model) => findings(peers, model, teachers, terms),
  });
}

/** What each teacher that is asked says of a microbatch; undefined for the others. */
function lessonsOf(ctx: LossContext, { all }: Teachers, asked: readonly Term[]): readonly (Lesson | undefined)[] {
  const scores = asked.some(({ layers }) => !layers);
  return all.map((teacher, i) => {
    const paths = asked.flatMap(({ layers }) => (layers?.from === i ? [layers.teacher] : []));
    return scores || paths.length > 0 ? teacher.teach(ctx, paths) : undefined;
  });
}

function givenTo(ctx: MicroContext & { readonly outputs: Outputs }, { layers, regressor }: Term, lessons: readonly (Lesson | undefined)[], { shares }: Teachers, classAxis: number, projections: Projections | undefined): Given {
  const outputs = ctx.outputs as Tensor;
  return {
    at: (schedule) => ctx.at(schedule), outputs, target: ctx.batch.target, classAxis,
    scores: (temperature) => combined(lessons.map((lesson) => lesson?.scores as Tensor), shares, temperature, classAxis),
    get student() { return layers ? ctx.tap(regressor && projections ? projections.pathOf(regressor) : layers.student) : outputs; },
    get teacher() { return lessons[layers?.from ?? 0]?.features[layers?.teacher ?? ''] ?? outputs; },
  };
}

/** Features are those of a teacher that has modules. */
function checkFrom(where: string, terms: readonly Term[], { all }: Teachers): void {
  terms.forEach(({ name: term, layers }, i) => {
    if (!layers) return;
    const teacher = all[layers.from];
    if (!teacher) fail('option', `${where}: \`losses[${i}]\`: ${term}: \`from\` is ${layers.from}, and there ${all.length === 1 ? 'is one teacher, number 0' : `are ${all.length} teachers, from number 0`}.`);
    if (!teacher.hasFeatures) fail('option', `${where}: \`losses[${i}]\`: ${term} looks into the teacher, which must be a module or 'ema'; a function and cached logits have scores alone.`);
  });
}

/** kl, hint, hint 2. */
const numbered = (names: readonly string[]): readonly string[] => names.map((one, i) => {
  const count = names.slice(0, i + 1).filter((other) => other === one).length;
  return count === 1 ? one : `${one} ${count}`;
});

function recordedTeacher(teacher: unknown): Json {
  if (Array.isArray(teacher)) return teacher.map(recordedTeacher);
  if (teacher === 'ema') return 'ema';
  return teacher instanceof CachedLogits ? { logits: teacher.fingerprint } : { external: 'teacher' };
}

const averages = '@parsimony/ema';

function findings(peers: readonly PluginInfo[], model: nn.Module<Inputs, Outputs>, { all }: Teachers, terms: readonly Term[]): readonly Finding[] {
  const own = model.namedModules().map(([path]) => path);
  const writes = (slot: 'batch.inputs' | 'targets') => peers.filter((peer) => peer.claims.writes?.[slot] !== undefined);
  const changed = writes('batch.inputs');
  const mixed = changed.filter((peer) => writes('targets').includes(peer));
  const cached = all.some(({ given }) => given instanceof CachedLogits);
  const found = (severity: Finding['severity'], code: string, message: string, hint: string, others: readonly PluginInfo[] = []): Finding => ({
    severity, code, message, hint, plugins: [...plugins, ...others.map((peer) => (peer.instance === undefined ? peer.name : `${peer.name}#${peer.instance}`) as PluginKey)],
  });
  return [
    ...(peers.some((peer) => peer.name === '@parsimony/label-smoothing') ? [{
      severity: 'warning' as const, code: 'smoothing-with-distillation', plugins,
      message: "Label smoothing beside distillation: the teacher's targets are soft already, and by how likely each class is, which smoothing evens out (Müller et al., arXiv:1906.02629).",
      hint: 'Leave label smoothing out, in the training of the teacher too.',
    }] : []),
    ...(all.some(({ given }) => given === model) ? [found('error', 'own-teacher', 'distillation: the teacher is the model that is trained.', "Give a copy with weights of its own, or 'ema' for the average of its weights.")] : []),
    ...(all.some(({ given }) => given === 'ema') && !peers.some((peer) => peer.name === averages) ? [found('error', 'no-average', "distillation: the teacher is 'ema', and no plugin keeps an average.", `Add ema() of ${averages}.`)] : []),
    ...(cached && mixed.length > 0 ? [found('error', 'mixed-cached-logits', `distillation: the cached logits are of samples as they are, and ${mixed.map((peer) => peer.name).join(', ')} mixes them.`, 'Give the teacher itself, which scores the batch as mixed.', mixed)] : []),
    ...(cached && changed.length > mixed.length ? [found('warning', 'augmented-cached-logits', `distillation: the cached logits are of samples without augmentation; the model is shown them changed, and taught what the teacher said of the plain ones (Beyer et al., arXiv:2106.05237, find that worse).`, 'Give the teacher itself, which sees what the model sees.', changed.filter((peer) => !mixed.includes(peer)))] : []),
    ...(terms.some(({ needsLabels }) => needsLabels) && mixed.length > 0 ? [found('error', 'mixed-labels', `distillation: the loss 'decoupled' needs the label of each sample, and ${mixed.map((peer) => peer.name).join(', ')} mixes them.`, "Take 'kl' in its place.", mixed)] : []),
    ...terms.flatMap(({ name: term, layers }) => [
      ...(layers && !own.includes(layers.student) ? [found('error', 'no-such-module', `distillation: ${term}: the model has no module at \`${layers.student}\`.`, `It has: ${own.map((path) => path || "''").join(', ')}.`)] : []),
      ...(layers ? missingInTeacher(term, layers.teacher, all[layers.from]?.given, model).map((hint) => found('error', 'no-such-module', `distillation: ${term}: the teacher has no module at \`${layers.teacher}\`.`, hint)) : []),
    ]),
  ];
}

/** The modules there are, where none has the path. */
function missingInTeacher(_: string, path: string, teacher: Teacher | undefined, model: nn.Module<Inputs, Outputs>): string[] {
  if (teacher === undefined || typeof teacher === 'function' || teacher instanceof CachedLogits) return [];
  const paths = (teacher === 'ema' ? model : teacher as nn.Module).namedModules().map(([own]) => own);
  return paths.includes(path) ? [] : [`It has: ${paths.map((own) => own || "''").join(', ')}.`];
}

/** Where the loss says the classes stand. */
function axisOf({ options }: LossFunction): number {
  const axis = (options as Readonly<Record<string, Json>> | null)?.['classAxis'];
  return typeof axis === 'number' ? axis : 1;
}
