/** Hinton's distillation as a plugin: the model learns from a teacher's scores beside the labels. */
import {
  type AnyPlugin, checkNumber, checkOptions, definePlugin, detach, fail, type Finding, type Inputs, isTensor, type Json, type LossFunction, type LossTerm, nn, noGrad,
  ops, type Outputs, type PluginKey, type Scalar, type Schedule, scope, show, strength, type Tensor,
} from '@parsimony/core';
import { version } from '../package.json';
import { distillationLoss } from './distillation-loss';

const name = '@parsimony/distillation';
const plugins = [name as PluginKey];

/** A trained model, or whatever gives scores for inputs. */
export type Teacher = nn.Module<Inputs, Outputs> | nn.Module | ((inputs: Inputs) => Tensor);

export interface DistillationOptions {
  /** A module with its weights, run in evaluation; or a function from inputs to scores of the model's shape. Required. */
  readonly teacher: Teacher;
  /** a: share of the loss on the labels, in [0, 1]; the teacher's is 1 - a. A number or a schedule of the step. Default 0.1. */
  readonly alpha?: Schedule;
  /** T, above 0: a number or a schedule of the step. Default 4. */
  readonly temperature?: Schedule;
  /** Where the classes stand in the outputs. Default: as the loss says, 1 for [N, C, ...] if it says nothing. */
  readonly classAxis?: number;
}

/**
 * Trains on a L + (1 - a) T^2 KL(softmax(teacher / T) || softmax(model / T)), where L is the Trainer's loss and the divergence is averaged
 * over the batch. The teacher sees the batch as mixed and augmented, in evaluation, without gradient. Evaluation has the plain loss.
 *
 * @throws option: no teacher, an unknown option or one out of range. In the fit, shape: scores of another shape than the model's.
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
  checkOptions(where, options, ['teacher', 'alpha', 'temperature', 'classAxis']);
  const { teacher } = options;
  const scoresOf = teacherScores(teacher);
  const alpha = strength(where, 'alpha', options.alpha ?? 0.1, { min: 0, max: 1 });
  const temperature = strength(where, 'temperature', options.temperature ?? 4, { min: 0, minExclusive: true });
  const classAxis = options.classAxis === undefined ? undefined : checkNumber(where, 'classAxis', options.classAxis, { integer: true });
  return definePlugin({
    name,
    version,
    apiVersion: 1,
    options: {
      teacher: { external: 'teacher' }, alpha: alpha.schedule, temperature: temperature.schedule, ...(classAxis !== undefined && { classAxis }),
    } as Json,
    claims: { reads: ['batch.inputs', 'targets'], writes: { loss: 'add' } },
    batchSemantics: 'per-sample',
    hooks: {
      collectLossTerms(ctx): readonly LossTerm[] {
        const share = alpha.at(ctx);
        if (share === 1) return [];
        const { outputs, batch, target, lossOf } = ctx;
        if (!isTensor(outputs)) return fail('dtype', `${where}: the model's outputs must be one tensor of scores, received ${show(outputs)}.`);
        const soft = distillationLoss(outputs, scoresOf(batch.inputs), { temperature: temperature.at(ctx), classAxis: classAxis ?? axisOf(lossOf) });
        ctx.log('divergence', noGrad(() => ops.div(detach(soft.sum), soft.denominator)) as Scalar);
        // The loss itself is there once already: a L = L + (a - 1) L.
        return [
          { name: 'labels', loss: lossOf(outputs, target), weight: share - 1 },
          { name: 'teacher', loss: soft, weight: 1 - share },
        ];
      },
    },
    check: (peers, model): readonly Finding[] => [
      ...(peers.some((peer) => peer.name === '@parsimony/label-smoothing') ? [{
        severity: 'warning' as const, code: 'smoothing-with-distillation', plugins,
        message: "Label smoothing beside distillation: the teacher's targets are soft already, and by how likely each class is, which smoothing evens out (Müller et al., arXiv:1906.02629).",
        hint: 'Leave label smoothing out, in the training of the teacher too.',
      }] : []),
      ...(model === teacher ? [{
        severity: 'error' as const, code: 'own-teacher', plugins, message: 'distillation: the teacher is the model that is trained.', hint: 'Give a copy with weights of its own.',
      }] : []),
    ],
  });
}

/** The teacher's scores for inputs, of which nothing else is left. */
function teacherScores(teacher: unknown): (inputs: Inputs) => Tensor {
  const run = nn.isModule(teacher) ? (inputs: Inputs): unknown => (teacher as nn.Module<Inputs, Outputs>).forward(inputs)
    : typeof teacher === 'function' ? teacher as (inputs: Inputs) => unknown
      : fail('option', `distillation: \`teacher\` must be a module with its weights or a function from inputs to scores, received ${show(teacher)}.`);
  return (inputs) => scope(() => noGrad(() => {
    const scores = run(inputs);
    return isTensor(scores) ? scores : fail('dtype', `distillation: the teacher must give one tensor of scores, at once, received ${show(scores)}.`);
  }));
}

/** Where the loss says the classes stand. */
function axisOf({ options }: LossFunction): number {
  const axis = (options as Readonly<Record<string, Json>> | null)?.['classAxis'];
  return typeof axis === 'number' ? axis : 1;
}
