/** What a network says of each test image: the confusion matrix, and where it is surest and wrong. */
import { type Dataset, isTensor, metrics, type TensorData } from '@parsimony/core';
import { type Answer, type Reliability, reliabilityOf } from '@parsimony/label-smoothing';
import { imagesOf } from './image';

export interface Predictions {
  /** confusion[truth][answer]: number of images. */
  readonly confusion: readonly (readonly number[])[];
  /** The wrong answers of the highest probability, first the surest. */
  readonly mostWrong: readonly WrongAnswer[];
  /** How often answers are right, by how sure they are; not there in records of before. */
  readonly reliability?: Reliability;
}

export interface WrongAnswer {
  /** Index in the test set. */
  readonly id: number;
  readonly truth: number;
  readonly answer: number;
  /** Of the answer, in [0, 1]. */
  readonly probability: number;
  /** A PNG as a data URI, or null where the inputs are no images. */
  readonly image: string | null;
}

/** Scores [N, classes] and labels [N] of one batch. */
interface Answers { readonly scores: TensorData; readonly labels: TensorData; readonly classes: number }

/** Accuracy that hands on what the network answers while it is watched. */
export function watchedAccuracy(): {
  readonly metric: metrics.Metric;
  watch<T>(evaluate: () => Promise<T>): Promise<{ readonly seen: T; readonly batches: readonly Answers[] }>;
} {
  const inner = metrics.accuracy();
  let reads: Promise<Answers>[] | undefined;
  return {
    metric: {
      ...inner,
      compute(outputs, target) {
        // Reads are issued here, while the tensors live.
        if (reads && target.kind === 'index' && isTensor(outputs) && outputs.rank === 2) {
          const classes = outputs.shape[1] ?? 0;
          reads.push(Promise.all([outputs.data(), target.labels.data()]).then(([scores, labels]) => ({ scores, labels, classes })));
        }
        return inner.compute(outputs, target);
      },
    },
    async watch(evaluate) {
      const mine: Promise<Answers>[] = [];
      reads = mine;
      try {
        const seen = await evaluate();
        return { seen, batches: await Promise.all(mine) };
      } finally {
        reads = undefined;
      }
    },
  };
}

/** How many wrong answers a report shows. */
const shown = 24;

export async function predict(batches: readonly Answers[], test: Dataset): Promise<Predictions | null> {
  const classes = batches[0]?.classes ?? 0;
  if (classes === 0) return null;
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  const wrong: Omit<WrongAnswer, 'image'>[] = [];
  const answers: Answer[] = [];
  let id = 0;
  for (const { scores, labels } of batches) {
    labels.forEach((truth: number, i: number) => {
      const { answer, probability } = likeliest(scores.subarray(i * classes, (i + 1) * classes));
      const row = confusion[truth];
      // A label outside the classes is one that losses ignore.
      if (row) {
        row[answer] = (row[answer] ?? 0) + 1;
        if (Number.isFinite(probability)) answers.push({ confidence: probability, right: answer === truth });
        if (answer !== truth) wrong.push({ id: id + i, truth, answer, probability });
      }
    });
    id += labels.length;
  }
  const surest = wrong.sort((a, b) => b.probability - a.probability).slice(0, shown);
  const images = surest.length === 0 ? [] : await imagesOf(test, surest.map((w) => w.id));
  return { ...(answers.length > 0 && { reliability: reliabilityOf(answers) }), confusion, mostWrong: surest.map((w, i) => ({ ...w, image: images[i] ?? null })) };
}

/** The class of the highest score, and its softmax. */
function likeliest(scores: TensorData): { readonly answer: number; readonly probability: number } {
  let answer = 0;
  scores.forEach((score: number, c: number) => { if (score > (scores[answer] ?? 0)) answer = c; });
  const top = scores[answer] ?? 0;
  let total = 0;
  scores.forEach((score: number) => { total += Math.exp(score - top); });
  return { answer, probability: 1 / total };
}
