/** The losses that `distillation` takes by name. */
import { checkNumber, checkOptions, fail, type Json, type nn, type Schedule, show, type Target, type Tensor } from '@parsimony/core';
import { attentionLoss } from './attention-loss';
import { correlationLoss } from './correlation-loss';
import { decoupledLoss } from './decoupled-loss';
import { distillationLoss } from './distillation-loss';
import { hintLoss } from './hint-loss';
import { checkRegressor, Regressor, type RegressorSize } from './projections';
import { relationalLoss } from './relational-loss';
import { similarityLoss } from './similarity-loss';
import { checkFactors, checkLayers, checkTemperature, checkWeight, type LayerOptions, layerOptions, type MakeTerm, recorded, type Term, type WeightOptions } from './term';

/** Hinton's divergence, see `distillationLoss`; weight 0.9. */
export interface KlTerm extends WeightOptions { readonly name: 'kl'; /** T, above 0. Default 4. */ readonly temperature?: Schedule }
/** Decoupled knowledge distillation, see `decoupledLoss`; weight 1. */
export interface DecoupledTerm extends WeightOptions {
  readonly name: 'decoupled';
  /** Of the target against all others, 0 or more. Default 1. */
  readonly alpha?: Schedule;
  /** Among the others, 0 or more. Default 8. */
  readonly beta?: Schedule;
  /** T, above 0. Default 4. */
  readonly temperature?: Schedule;
}
/** Correlations, see `correlationLoss`; weight 1. */
export interface CorrelationTerm extends WeightOptions {
  readonly name: 'correlation';
  /** Between classes, 0 or more. Default 1. */
  readonly beta?: Schedule;
  /** Between samples, 0 or more. Default 1. */
  readonly gamma?: Schedule;
  /** tau, above 0. Default 1. */
  readonly temperature?: Schedule;
}
/** Features as the teacher's, see `hintLoss`; weight 100. */
export interface HintTerm extends LayerOptions {
  readonly name: 'hint';
  /** Trained with the model, on its features, to those of the teacher: a module, or the channels of both. Default none: the shapes are the same. */
  readonly regressor?: RegressorSize | nn.Module;
}
/** Attention maps, see `attentionLoss`; weight 1000. */
export interface AttentionTerm extends LayerOptions { readonly name: 'attention'; /** The power of activations, above 0. Default 2. */ readonly p?: number }
/** Similarities of samples, see `similarityLoss`; weight 3000. */
export interface SimilarityTerm extends LayerOptions { readonly name: 'similarity' }
/** Distances and angles, see `relationalLoss`; weight 1. */
export interface RelationalTerm extends LayerOptions {
  readonly name: 'relational';
  /** Of distances, 0 or more. Default 25. */
  readonly distance?: Schedule;
  /** Of angles, 0 or more. Default 50. */
  readonly angle?: Schedule;
}
/** A loss by name. The weights that are not given are those of mdistiller. */
export type DistillationTerm = KlTerm | DecoupledTerm | CorrelationTerm | HintTerm | AttentionTerm | SimilarityTerm | RelationalTerm;

const makers: Readonly<Record<DistillationTerm['name'], MakeTerm>> = {
  kl(where, options) {
    checkOptions(where, options, ['temperature', 'weight']);
    const [weight, temperature] = [checkWeight(where, options['weight'], 0.9), checkTemperature(where, options['temperature'], 4)];
    return {
      name: 'kl', weight, options: recorded({ temperature, weight }),
      loss: (given) => {
        const T = temperature.at(given);
        return distillationLoss(given.outputs, given.scores(T), { temperature: T, classAxis: given.classAxis });
      },
    };
  },
  decoupled(where, options) {
    checkOptions(where, options, ['alpha', 'beta', 'temperature', 'weight']);
    const [weight, temperature, factors] = [checkWeight(where, options['weight'], 1), checkTemperature(where, options['temperature'], 4), checkFactors(where, options, { alpha: 1, beta: 8 })];
    return {
      name: 'decoupled', weight, options: recorded({ ...factors, temperature, weight }), needsLabels: true,
      loss: (given) => {
        const T = temperature.at(given);
        const { labels, ignoreIndex } = labelsOf(given.target);
        return decoupledLoss(given.outputs, given.scores(T), labels, { alpha: factors.alpha.at(given), beta: factors.beta.at(given), temperature: T, classAxis: given.classAxis, ...ignoreIndex });
      },
    };
  },
  correlation(where, options) {
    checkOptions(where, options, ['beta', 'gamma', 'temperature', 'weight']);
    const [weight, temperature, factors] = [checkWeight(where, options['weight'], 1), checkTemperature(where, options['temperature'], 1), checkFactors(where, options, { beta: 1, gamma: 1 })];
    return {
      name: 'correlation', weight, options: recorded({ ...factors, temperature, weight }), perBatch: true,
      loss: (given) => {
        const T = temperature.at(given);
        return correlationLoss(given.outputs, given.scores(T), { beta: factors.beta.at(given), gamma: factors.gamma.at(given), temperature: T, classAxis: given.classAxis });
      },
    };
  },
  hint(where, options) {
    checkOptions(where, options, [...layerOptions, 'regressor']);
    const [layers, weight, regressor] = [checkLayers(where, options), checkWeight(where, options['weight'], 100), checkRegressor(where, options['regressor'])];
    const { inFeatures, outFeatures } = regressor instanceof Regressor ? regressor : { inFeatures: 0, outFeatures: 0 };
    const said: Json = inFeatures > 0 ? { inFeatures, outFeatures } : { external: 'regressor' };
    return { name: 'hint', weight, layers, regressor, options: { ...layers, ...recorded({ weight }), ...(regressor && { regressor: said }) }, loss: ({ student, teacher }) => hintLoss(student, teacher) };
  },
  attention(where, options) {
    checkOptions(where, options, [...layerOptions, 'p']);
    const [layers, weight, p] = [checkLayers(where, options), checkWeight(where, options['weight'], 1000), checkNumber(where, 'p', options['p'] ?? 2, { min: 0, minExclusive: true })];
    return { name: 'attention', weight, layers, options: { ...layers, ...recorded({ weight }), p }, loss: ({ student, teacher }) => attentionLoss(student, teacher, { p }) };
  },
  similarity(where, options) {
    checkOptions(where, options, layerOptions);
    const [layers, weight] = [checkLayers(where, options), checkWeight(where, options['weight'], 3000)];
    return { name: 'similarity', weight, layers, options: { ...layers, ...recorded({ weight }) }, perBatch: true, loss: ({ student, teacher }) => similarityLoss(student, teacher) };
  },
  relational(where, options) {
    checkOptions(where, options, [...layerOptions, 'distance', 'angle']);
    const [layers, weight, factors] = [checkLayers(where, options), checkWeight(where, options['weight'], 1), checkFactors(where, options, { distance: 25, angle: 50 })];
    return {
      name: 'relational', weight, layers, options: { ...layers, ...recorded({ weight, ...factors }) }, perBatch: true,
      loss: (given) => relationalLoss(given.student, given.teacher, { distance: factors.distance.at(given), angle: factors.angle.at(given) }),
    };
  },
};

/** @internal The losses of a list, each made from its name and options. */
export function checkTerms(where: string, list: unknown): readonly Term[] {
  if (!Array.isArray(list) || list.length === 0) return fail('option', `${where}: \`losses\` must be a list of { name, ...options }, with one or more, received ${show(list)}.`);
  return list.map((item: unknown, i) => {
    const at = `${where}: \`losses[${i}]\``;
    const { name, ...options } = (item ?? {}) as Readonly<Record<string, unknown>>;
    const make = typeof name === 'string' && Object.hasOwn(makers, name) ? makers[name as DistillationTerm['name']] : undefined;
    return make ? make(`${at}: ${String(name)}`, options) : fail('option', `${at} must be { name, ...options } with a name of ${Object.keys(makers).map((known) => `'${known}'`).join(', ')}, received ${show(item)}.`);
  });
}

function labelsOf(target: Target): { readonly labels: Tensor; readonly ignoreIndex: { readonly ignoreIndex?: number } } {
  if (target.kind === 'index') return { labels: target.labels, ignoreIndex: target.ignoreIndex === undefined ? {} : { ignoreIndex: target.ignoreIndex } };
  if (target.kind === 'soft' && target.labels?.dtype === 'int32') return { labels: target.labels, ignoreIndex: {} };
  return fail('data', `distillation: the loss 'decoupled' needs the label of each target, and these are ${target.kind === 'soft' ? 'distributions' : 'values'}. Take 'kl' instead.`);
}
