/** The suite that every plugin keeps to. */
import { type AnyPlugin, checkOptions, type Dataset, type Inputs, type LossFunction, memoryStore, type nn, type optim, type Outputs } from '@parsimony/core';
import { refuse } from '../assertion';
import type { Check } from '../check';
import { expectClose } from '../closeness';
import { onReference } from './backend';
import { fitOf, type Fitted, type Setting, settingOf } from './small-fit';
import { differs, expectError, expectSameSnapshot } from './values';

export interface PluginContract<O extends object> {
  /** The factory. */
  readonly plugin: (options: O) => AnyPlugin;
  /** Options with which it changes what a fit of a few steps ends with; without that the other checks would say nothing. */
  readonly options: O;
  /** Options with which it does nothing; null where there are none. */
  readonly zero: O | null;
  /** Default: a classifier of four numbers into three classes without random draws or batch statistics. */
  readonly model?: () => nn.Module<Inputs, Outputs>;
  /** Default: cross entropy. */
  readonly loss?: LossFunction;
  /** Default: SGD with momentum. */
  readonly optimizer?: optim.Optimizer;
  /** Default: 40 samples of three classes; with `model` where that takes others. */
  readonly train?: Dataset;
  /** Default: 24 other ones. */
  readonly validation?: Dataset;
}

/**
 * Checks that a plugin changes a fit, does nothing at zero strength and nothing in evaluation, gives the same bits for the same
 * seed and after a resume from a checkpoint in mid-epoch, has the gradients of the whole batch where it accumulates (unless
 * 'per-batch'), leaves no tensors behind, can be made again from the options it records as JSON, and refuses unknown ones.
 * Accumulation and memory run on a reference executor, the rest on the backend in use.
 *
 * @example
 * ```ts
 * import { definePlugin, ops, ParsimonyError } from '@parsimony/core';
 * import { pluginContract, useReference } from '@parsimony/testkit';
 * await useReference();
 * const shrink = ({ factor, ...rest }: { factor: number }) => {
 *   for (const name of Object.keys(rest)) throw new ParsimonyError('option', `shrink: unknown option \`${name}\`.`);
 *   return definePlugin({
 *     name: 'shrink', version: '1.0.0', apiVersion: 1, options: { factor }, claims: { writes: { grads: 'affine' } }, batchSemantics: 'per-sample',
 *     hooks: { transformGrads: (grads) => Object.fromEntries(Object.entries(grads).map(([path, g]) => [path, ops.mul(g, factor)])) as typeof grads },
 *   });
 * };
 * // In a test file: for (const { name, run } of pluginContract(…)) test(name, () => run());
 * for (const { run } of pluginContract({ plugin: shrink, options: { factor: 0.5 }, zero: { factor: 1 } })) await run();
 * ```
 */
export function pluginContract<O extends object>(settings: PluginContract<O>): Check[] {
  checkOptions('pluginContract', settings, ['plugin', 'options', 'zero', 'model', 'loss', 'optimizer', 'train', 'validation']);
  const { plugin, options, zero } = settings;
  const setting = settingOf(settings);
  const fit = (plugins: readonly AnyPlugin[], more?: Parameters<typeof fitOf>[2]): Promise<Fitted> => fitOf(setting, plugins, more);

  return [
    { name: 'changes the fit', run: () => changesTheFit(fit, () => plugin(options)) },
    ...(zero === null ? [] : [{
      name: 'does nothing at zero strength',
      run: async () => expectSameSnapshot('weights at zero strength', (await fit([plugin(zero)])).weights, (await fit([])).weights),
    }]),
    { name: 'does nothing in evaluation', run: () => nothingInEvaluation(setting, plugin(options)) },
    {
      name: 'gives the same bits for the same seed',
      run: async () => expectSameFit('a second fit', await fit([plugin(options)]), await fit([plugin(options)])),
    },
    { name: 'resumes exactly', run: () => resumesExactly(fit, () => plugin(options)) },
    ...(batchSemanticsOf(plugin(options)) === 'per-batch' ? [] : [{
      name: 'accumulates to the same weights',
      run: () => onReference(async () => {
        const [whole, parts] = [await fit([plugin(options)]), await fit([plugin(options)], { accumulate: 4 })];
        for (const [path, expected] of Object.entries(whole.weights)) {
          await expectClose(parts.weights[path] ?? [], expected, { rtol: 1e-9, name: `\`${path}\` with 4 microbatches` });
        }
      }),
    }]),
    { name: 'leaves no tensors behind', run: () => leavesNothing(fit, () => plugin(options)) },
    {
      name: 'is made again from the options it records',
      run: async () => {
        const recorded = plugin(options).options;
        const text = JSON.stringify(recorded);
        const again = plugin(JSON.parse(text) as O);
        if (JSON.stringify(again.options) !== text) refuse(`options recorded as ${text} gave a plugin that records ${JSON.stringify(again.options)}.`);
        expectSameSnapshot('a fit with the recorded options', (await fit([again])).weights, (await fit([plugin(options)])).weights);
      },
    },
    {
      name: 'refuses an unknown option',
      run: () => expectError('an unknown option', 'option', 'noSuchOption', () => plugin({ ...options, noSuchOption: 1 })),
    },
  ];
}

type Fit = (plugins: readonly AnyPlugin[], more?: Parameters<typeof fitOf>[2]) => Promise<Fitted>;

/** Declared on every plugin, though not part of what other plugins see. */
const batchSemanticsOf = (plugin: AnyPlugin): unknown => (plugin as { readonly batchSemantics?: unknown }).batchSemantics;

async function changesTheFit(fit: Fit, plugin: () => AnyPlugin): Promise<void> {
  if (!differs((await fit([plugin()])).weights, (await fit([])).weights)) {
    refuse('with `options` a fit ended with the weights it has without the plugin. Give options that show in a few steps.');
  }
}

/** Evaluations during the fit and after it against those of a Trainer without plugins at that moment. */
async function nothingInEvaluation(setting: Setting, plugin: AnyPlugin): Promise<void> {
  const { evaluations, kept } = await fitOf(setting, [plugin], { compareEvaluations: true });
  // Who evaluates other weights by its claim is compared where it hands them over: at the end of the fit.
  const owns = plugin.claims.writes?.['eval.weights'] !== undefined;
  const compared = evaluations.filter(({ when }) => (when === 'during' ? !owns : !owns || kept));
  if (compared.length === 0) refuse('it evaluates weights of its own and keeps none at the end, so there is nothing to compare.');
  for (const { when, step, loss, bare } of compared) {
    if (loss !== bare) refuse(`${when === 'during' ? `evaluation at step ${step}` : 'evaluation after the fit'}: the loss is ${loss}, without the plugin ${bare}.`);
  }
}

function expectSameFit(what: string, actual: Fitted, expected: Fitted): void {
  expectSameSnapshot(`weights after ${what}`, actual.weights, expected.weights);
  if (actual.history !== expected.history) refuse(`history after ${what}: expected ${expected.history}, received ${actual.history}.`);
}

async function resumesExactly(fit: Fit, plugin: () => AnyPlugin): Promise<void> {
  const written = memoryStore();
  const whole = await fit([plugin()], { checkpoints: written });
  // Named by their steps: 4 of 9 lies within the second epoch. A fit that the plugin ended before goes on from its first step.
  const [, first, ...later] = [...await written.list()].sort();
  const file = later[2] ?? first ?? refuse('the fit ended before its first step was done.');
  const taken = memoryStore();
  await taken.write(file, [await written.read(file)]);
  expectSameFit('a resume', await fit([plugin()], { resume: taken }), whole);
}

/** Bytes of an executor that nothing else uses: what earlier tests dropped and the collector finds does not count. */
async function leavesNothing(fit: Fit, plugin: () => AnyPlugin): Promise<void> {
  await onReference(async (executor) => {
    const seen: number[] = [];
    await fit([plugin()], { epochs: 10, onStep: (step) => { if (step % 3 === 0) seen.push(executor.bytes()); } });
    // Momentum and averages begin in the first steps, so step 6 is where it begins to be steady. A fit that the plugin ends
    // earlier is judged by what it leaves.
    const [, steady = Infinity] = seen;
    if (seen.some((bytes, i) => i > 1 && bytes > steady)) refuse(`live bytes grow over the steps: ${seen.join(', ')}.`);
    if (executor.bytes() !== 0) refuse(`${executor.bytes()} bytes are live after the fit and the disposal of Trainer and model.`);
  });
}


