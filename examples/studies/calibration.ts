/** Label smoothing from 0 to 0.1 on few images of MNIST: how far confidence is from accuracy. */
import { losses, metrics, nn, optim, Trainer } from '@parsimony/core';
import { loadMnist, type Splits } from '@parsimony/datasets';
import { labelSmoothing, reliability } from '@parsimony/label-smoothing';
import type { Axis, Line } from './figure';
import { percent, pointOf, type Study } from './study';

const epsilons = [0, 0.01, 0.02, 0.05, 0.1];
const bins = 15;

interface Run {
  readonly epsilon: number;
  readonly seed: number;
  /** On images that were not trained on. */
  readonly accuracy: number;
  readonly loss: number;
  readonly calibrationError: number;
  readonly brier: number;
  /** By bin of confidence: answers, and sums of confidence and of right ones. */
  readonly counts: readonly number[];
  readonly confidence: readonly number[];
  readonly right: readonly number[];
  readonly [name: string]: number | readonly number[];
}
interface Results { readonly trainSize: number; readonly validationSize: number; readonly epochs: number; readonly runs: readonly Run[]; readonly [name: string]: number | readonly Run[] }

const round = (v: number): number => Number(v.toFixed(4));

async function train({ train: data, validation }: Splits, epsilon: number, seed: number, epochs: number): Promise<Run> {
  const trainer = new Trainer({
    model: new nn.Sequential(new nn.Linear(784, 256), new nn.ReLU(), new nn.Linear(256, 10)), loss: losses.crossEntropy(), optimizer: optim.adam({ lr: 3e-3 }), seed,
    metrics: [metrics.accuracy(), metrics.expectedCalibrationError({ bins }), metrics.brierScore()], plugins: epsilon === 0 ? [] : [labelSmoothing({ epsilon })],
  });
  await trainer.fit({ train: data, epochs, batchSize: 64 });
  const { loss, accuracy = Number.NaN, expectedCalibrationError = Number.NaN, brierScore = Number.NaN } = await trainer.evaluate(validation);
  const byBin = (await reliability(trainer.model, validation, { bins })).bins;
  trainer.dispose();
  return {
    epsilon, seed, accuracy: round(accuracy), loss: round(loss), calibrationError: round(expectedCalibrationError), brier: round(brierScore),
    counts: byBin.map(({ count }) => count), confidence: byBin.map(({ count, confidence }) => round(count * (confidence ?? 0))), right: byBin.map(({ count, accuracy: share }) => Math.round(count * (share ?? 0))),
  };
}

const usedBy = (runs: readonly Run[]): number[] => [...new Set(runs.map(({ epsilon }) => epsilon))];
const label = (epsilon: number): string => (epsilon === 0 ? 'no smoothing' : `e = ${epsilon}`);

/** Of all seeds together; bins of less than 30 answers tell nothing. */
function diagram(runs: readonly Run[], epsilon: number): Line {
  const own = runs.filter((run) => run.epsilon === epsilon);
  const total = (what: 'counts' | 'confidence' | 'right', bin: number): number => own.reduce((sum, run) => sum + (run[what][bin] ?? 0), 0);
  return {
    label: label(epsilon), dots: true,
    points: Array.from({ length: bins }, (_, bin) => bin).filter((bin) => total('counts', bin) >= 30)
      .map((bin) => ({ x: total('confidence', bin) / total('counts', bin), y: total('right', bin) / total('counts', bin) })),
  };
}

export const calibrationStudy: Study<Results> = {
  name: 'calibration',
  question: 'Does label smoothing bring confidence closer to accuracy?',
  seeds: 5,

  async run({ seeds, quick, log }) {
    const [trainSize, validationSize, epochs] = quick ? [128, 64, 2] : [2000, 5000, 30];
    const data = await loadMnist({ trainSize, validationSize, testSize: 1 });
    const runs: Run[] = [];
    for (const epsilon of quick ? [0, 0.1] : epsilons) {
      for (let seed = 1; seed <= seeds; seed++) {
        const run = await train(data, epsilon, seed, epochs);
        runs.push(run);
        log(`e = ${epsilon}, seed ${seed}: accuracy ${percent(run.accuracy, 2)}, calibration error ${percent(run.calibrationError, 2)}, Brier ${run.brier.toFixed(4)}, loss ${run.loss.toFixed(3)}`);
      }
    }
    return { trainSize, validationSize, epochs, runs };
  },

  draw({ trainSize, validationSize, epochs, runs }) {
    const used = usedBy(runs);
    const ends = (what: 'calibrationError' | 'brier', name: string): Line =>
      ({ label: name, dots: true, points: used.map((epsilon) => pointOf(epsilon, runs.filter((run) => run.epsilon === epsilon).map((run) => run[what]))) });
    const share = (...ticks: readonly number[]): Axis => ({ label: 'accuracy', ticks, format: (v) => percent(v, 0) });
    const strength: Axis = { label: 'smoothing, e', ticks: [0, 0.02, 0.04, 0.06, 0.08, 0.1] };
    return {
      title: `Confidence and accuracy on ${trainSize.toLocaleString('en')} digits`,
      note: `Multilayer perceptron 784-256-10, Adam at 0.003, batches of 64, ${epochs} epochs on ${trainSize.toLocaleString('en')} images of MNIST; measured on ${validationSize.toLocaleString('en')} others. Reliability: ${bins} bins of equal width, all ${new Set(runs.map(({ seed }) => seed)).size} seeds together, bins of 30 answers and more; below the diagonal the network is surer than it is right. Right: means of the seeds, whiskers from the smallest to the largest.`,
      panels: [
        {
          title: 'Reliability', y: share(0, 0.2, 0.4, 0.6, 0.8, 1), x: { label: 'confidence', ticks: [0, 0.2, 0.4, 0.6, 0.8, 1], format: (v) => percent(v, 0) },
          lines: [...used.map((epsilon) => diagram(runs, epsilon)), { label: 'right as often as sure', dashed: true, points: [{ x: 0, y: 0 }, { x: 1, y: 1 }] }],
        },
        { title: 'Expected calibration error', x: strength, y: { label: 'error', ticks: [0, 0.04, 0.08, 0.12, 0.16], format: (v) => percent(v, 0) }, lines: [ends('calibrationError', 'all settings')] },
        { title: 'Brier score', x: strength, y: { label: 'score', ticks: [0.1, 0.11, 0.12, 0.13, 0.14] }, lines: [ends('brier', 'all settings')] },
      ],
    };
  },

  table({ runs }) {
    const of = (epsilon: number, what: 'accuracy' | 'calibrationError' | 'brier' | 'loss') => pointOf(epsilon, runs.filter((run) => run.epsilon === epsilon).map((run) => run[what]));
    const rows = usedBy(runs).map((epsilon) => {
      const error = of(epsilon, 'calibrationError');
      return [label(epsilon), percent(of(epsilon, 'accuracy').y, 2), `${percent(error.y, 2)} (${percent(error.low, 2)} to ${percent(error.high, 2)})`, of(epsilon, 'brier').y.toFixed(4), of(epsilon, 'loss').y.toFixed(3)];
    });
    return [['smoothing', 'accuracy', 'calibration error', 'Brier score', 'cross entropy'], ...rows];
  },
};
