/** One pair of plugins on a small real run: refused by the plan, or trained, saved in the middle, and resumed to the bit. */
import { type AnyPlugin, type Dataset, type FitSnapshot, losses, nn, optim, ParsimonyError, random, type Tensor, Trainer } from '@parsimony/core';
import { ConcreteDropout, Dropout } from '@parsimony/dropout';

export interface Setting { readonly train: Dataset; readonly validation: Dataset }

export type PairOutcome =
  | { readonly kind: 'refused'; readonly reason: string }
  | {
    readonly kind: 'works';
    /** Codes of what the plan warns of for the two together, and not for either alone. */
    readonly warnings: readonly string[];
    /** Whether the resumed run had the bits of the uninterrupted one, by number of microbatches. */
    readonly sameBits: Readonly<Record<number, boolean>>;
    readonly finite: boolean;
  };

const buildModel = (): nn.Sequential => new nn.Sequential(
  new nn.Linear(784, 16), new nn.Tanh(), new Dropout({ p: 0.1 }), new nn.Linear(16, 16), new nn.Tanh(), new ConcreteDropout(new nn.Linear(16, 10)));

/** A teacher with weights of its own. */
export const buildTeacher = (): nn.Module => buildModel().init(random.key(99));

const optimizer = optim.sgd({ lr: 0.1, momentum: 0.9 });

function trainerOf(plugins: readonly AnyPlugin[], accumulate = 1): Trainer {
  return new Trainer({ model: buildModel(), loss: losses.crossEntropy(), optimizer, seed: 3, plugins, accumulate });
}

export const warningsOf = (plugins: readonly AnyPlugin[]): readonly string[] =>
  trainerOf(plugins).findings.filter(({ severity }) => severity === 'warning').map(({ code }) => code);

async function bitsOf(params: Readonly<Record<string, Tensor>>): Promise<string> {
  const parts = await Promise.all(Object.entries(params).map(async ([path, x]) => `${path}:${Buffer.from((await x.data() as Float32Array).buffer).toString('base64')}`));
  return parts.join('\n');
}

/** Trains two epochs of three steps; with `resume` only what is left of them. */
async function fit(setting: Setting, plugins: readonly AnyPlugin[], accumulate: number, resume?: FitSnapshot): Promise<{ readonly bits: string; readonly snapshot: FitSnapshot | undefined; readonly losses: readonly number[] }> {
  const trainer = trainerOf(plugins, accumulate);
  const seen: number[] = [];
  let snapshot: FitSnapshot | undefined;
  await trainer.fit({
    ...setting, epochs: 2, batchSize: 32, ...(resume ? { resume } : {}),
    onProgress: async (event) => {
      if (event.kind !== 'step') return;
      seen.push(event.loss);
      // In the middle of the first epoch.
      if (event.step === 2 && !resume) snapshot = await trainer.snapshot();
    },
  });
  return { bits: await bitsOf(trainer.model.parameters()), snapshot, losses: seen };
}

export async function runPair(setting: Setting, make: () => readonly AnyPlugin[], alone: readonly string[]): Promise<PairOutcome> {
  let warnings: readonly string[];
  try {
    warnings = warningsOf(make()).filter((code) => !alone.includes(code));
  } catch (error) {
    if (error instanceof ParsimonyError && error.code === 'conflict') return { kind: 'refused', reason: error.message };
    throw error;
  }
  const sameBits: Record<number, boolean> = {};
  let finite = true;
  for (const accumulate of [1, 4]) {
    const whole = await fit(setting, make(), accumulate);
    finite &&= whole.losses.length === 6 && whole.losses.every(Number.isFinite);
    const rest = await fit(setting, make(), accumulate, whole.snapshot);
    sameBits[accumulate] = rest.losses.length === 4 && rest.bits === whole.bits;
  }
  return { kind: 'works', warnings, sameBits, finite };
}
