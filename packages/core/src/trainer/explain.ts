/** What a Trainer would do, as text. */
import type { Metric } from '../metrics/metric';
import type { Module } from '../nn/module';
import type { Optimizer } from '../optim/optimizer';
import { evaluateSchedule } from '../schedules/schedule';
import { showShape, sizeOf } from '../tensor/shape';
import type { Inputs, LossFunction, Outputs } from '../types';
import type { Finding } from './contract';
import type { Pieces } from './parts/pieces';
import type { RateTable } from './parts/rates';
import type { ResolvedPlan } from './plan/plan';
import { table } from './plan/print';

export interface Explained {
  readonly plan: ResolvedPlan;
  readonly model: Module<Inputs, Outputs>;
  readonly loss: LossFunction;
  readonly optimizer: Optimizer;
  readonly metrics: readonly Metric[];
  readonly pieces: Pieces;
  readonly seed: number;
  /** Undefined, with a reason, where a plugin's groups cannot be told before the fit. */
  readonly rates: RateTable | string;
  /** Of the fit, beside the plan's. */
  readonly findings: readonly Finding[];
}

export function explain({ plan, model, loss, optimizer, metrics, pieces, seed, rates, findings }: Explained): string {
  const shapes = model.parameterShapes();
  const total = Object.values(shapes).reduce((n, shape) => n + sizeOf(shape), 0);
  const lines = [
    'Trainer',
    ...table([
      ['model', `${model.constructor.name}, ${total} parameters`],
      ['loss', `${loss.lossName} ${JSON.stringify(loss.options)}`],
      ['optimizer', `${optimizer.name} ${JSON.stringify(optimizer.options)}`],
      ['metrics', metrics.map(({ name }) => name).join(', ') || 'none'],
      ['seed', String(seed)],
      ...(pieces.said === undefined ? [] : [['accumulate', pieces.said]]),
    ]),
    plan.toString(),
    ...findings.map(({ severity, code, message }) => `  ${severity} ${code}: ${message}`),
    'Parameters, with their rates at step 0',
    ...(typeof rates === 'string' ? [`  ${rates}`] : parameterRows(shapes, rates)),
  ];
  return lines.join('\n');
}

function parameterRows(shapes: ReturnType<Module['parameterShapes']>, rates: RateTable): string[] {
  const start = { step: 0, totalSteps: 1000 };
  const rows = Object.entries(shapes).map(([path, shape]) => {
    const { lr, weightDecay, decayKind } = rates.rates(path, start);
    const said = rates.reasons(path).map(({ plugin, reason }) => `${plugin.slice(plugin.lastIndexOf('/') + 1)}: ${reason}`);
    return [path, showShape(shape), `lr ${number(lr)}`, weightDecay === 0 ? 'no decay' : `decay ${number(weightDecay)} (${decayKind})`, said.join('; ')];
  });
  const { lr } = rates.optimizer;
  return [...table(rows), ...(typeof lr === 'number' ? [] : [`  lr: ${JSON.stringify(lr)}, ${number(evaluateSchedule(lr, start))} at step 0`])];
}

const number = (x: number): string => String(Number(x.toPrecision(6)));
