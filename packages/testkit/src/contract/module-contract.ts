/** The suite that every module keeps to. */
import { checkOptions, grad, keep, memory, type nn, ops, random, ready, type Shape, scope, type Tensor, tensor, training, type Weights, inference } from '@parsimony/core';
import { refuse } from '../assertion';
import type { Check } from '../check';
import { gradientCheck } from '../gradient-check';
import { sample } from '../sample';
import { onReference } from './backend';
import { cloneAll, expectError, expectSameBits } from './values';

export interface ModuleContract {
  /** Makes the module; `extra` is to be spread into its options, so that the suite can try an unknown one. */
  readonly create: (extra: Readonly<Record<string, unknown>>) => nn.Module<Tensor, Tensor>;
  /** Shape of the input. */
  readonly input: Shape;
  /** Shape of the output. */
  readonly output: Shape;
  /** Whether training draws random numbers. Default false. */
  readonly stochastic?: boolean;
  /** Whether evaluation gives the input back. Default false. */
  readonly identityInEvaluation?: boolean;
  /** Whether the module takes options. Default true. */
  readonly takesOptions?: boolean;
  /** Order of the gradient check, 0 for none. Default 1. */
  readonly gradientOrder?: 0 | 1 | 2;
  /** Values of the input. Default: random in [-1, 1), 0.05 away from 0 so that kinks there do not fall between differences. */
  readonly values?: ArrayLike<number>;
}

/**
 * Checks that a module has the shape it states, refuses to run before `init`, draws by its key alone, is deterministic (or
 * the identity) in evaluation, has right gradients in its input and parameters, survives a round trip of its state dict,
 * keeps the number of live tensors constant, and refuses unknown options. All run on the backend in use, save the gradients,
 * which are checked in float64 on the reference executor.
 *
 * @example
 * ```ts
 * import { nn } from '@parsimony/core';
 * import { moduleContract, useReference } from '@parsimony/testkit';
 * await useReference();
 * // In a test file: for (const { name, run } of moduleContract(…)) test(name, run);
 * const checks = moduleContract({ create: (extra) => new nn.Linear(3, 2, extra), input: [4, 3], output: [4, 2] });
 * for (const { run } of checks) await run();
 * ```
 */
export function moduleContract(settings: ModuleContract): Check[] {
  checkOptions('moduleContract', settings, ['create', 'input', 'output', 'stochastic', 'identityInEvaluation', 'takesOptions', 'gradientOrder', 'values']);
  const { create, input, output, stochastic = false, identityInEvaluation = false, takesOptions = true, gradientOrder = 1 } = settings;
  const size = input.reduce((a, b) => a * b, 1);
  const host = Float64Array.from(settings.values ?? sample(size, { seed: 3 }).map((v) => (v < 0 ? v - 0.05 : v + 0.05)));
  const x = (): Tensor => tensor(host, input);
  const made = (seed = 1): nn.Module<Tensor, Tensor> => create({}).init(random.key(seed));
  const train = (step = 0, seed = 2) => training({ key: random.key(seed), step, totalSteps: 10 });
  const trained = async (module: nn.Module<Tensor, Tensor>, step = 0, seed = 2) => (await module.forward(x(), train(step, seed)).data());

  const checks: Check[] = [
    {
      name: 'has the stated output shape in training and evaluation',
      run: async () => {
        for (const context of [inference(), train()]) {
          const y = made().forward(x(), context);
          if (y.shape.join() !== output.join()) refuse(`${context.mode}: expected an output of shape [${output.join(', ')}], received [${y.shape.join(', ')}].`);
        }
      },
    },
    {
      name: 'refuses a forward before init',
      run: async () => {
        const module = create({});
        // One that holds nothing needs no init.
        if (!module.initialized) await expectError('forward before init', 'state', 'init', () => module.forward(x()));
        else module.forward(x()).dispose();
      },
    },
    {
      name: 'evaluation is deterministic and needs no key',
      run: async () => {
        const module = made();
        const first = await module.forward(x()).data();
        if (identityInEvaluation) expectSameBits('evaluation against the input', first, await x().data(), input);
        await trained(module);
        expectSameBits('a second evaluation', await module.forward(x()).data(), first, output);
      },
    },
    {
      name: 'training draws by key and step alone',
      run: async () => {
        const first = await trained(made());
        expectSameBits('the same key and step', await trained(made()), first, output);
        const others = [await trained(made(), 1), await trained(made(), 0, 3)];
        for (const [i, other] of others.entries()) {
          const same = other.every((v, k) => v === first[k]);
          if (stochastic && same) refuse(`another ${i === 0 ? 'step' : 'key'} gave the same output: training was said to be stochastic.`);
          if (!stochastic && !same) refuse(`another ${i === 0 ? 'step' : 'key'} gave another output: training was said to draw nothing.`);
        }
      },
    },
    {
      name: 'its state dict makes another module equal',
      run: async () => {
        const [a, b] = [made(1), made(9)];
        const y = a.forward(x(), train());
        y.dispose();
        b.loadStateDict(await cloneAll(a.stateDict()));
        expectSameBits('evaluation after loadStateDict', await b.forward(x()).data(), await a.forward(x()).data(), output);
        expectSameBits('training after loadStateDict', await trained(b), await trained(a), output);
      },
    },
    {
      name: 'keeps the number of live tensors constant',
      run: async () => {
        const module = made();
        const still = keep(x());
        const counts: number[] = [];
        for (let step = 0; step < 6; step++) {
          const pass = train(step);
          scope(() => { grad((v: Tensor) => ops.sum(module.forward(v, pass)))(still); });
          module.commit(pass);
          // A module may hand its input back.
          const y = module.forward(still);
          if (y !== still) y.dispose();
          counts.push(memory().tensors);
        }
        still.dispose();
        if (counts[1] !== counts[5]) refuse(`expected as many live tensors after each step, received ${counts.join(', ')}.`);
      },
    },
  ];
  if (gradientOrder !== 0) checks.push({
    name: 'gradients agree with differences in float64',
    run: () => onReference(async () => {
      const module = made();
      const { params, buffers } = module.weights();
      for (const mode of ['train', 'eval'] as const) {
        const forward = (inputs: Readonly<Record<string, Tensor>>): Tensor => {
          const { input: value, ...given } = inputs;
          const weights: Weights = { params: given, buffers };
          return module.forward(value ?? refuse('no input'), mode === 'train' ? training({ key: random.key(2), step: 0, totalSteps: 10, weights }) : inference({ weights }));
        };
        const inputs: Readonly<Record<string, Tensor>> = { input: x(), ...params };
        await gradientCheck(forward, inputs, { order: gradientOrder });
      }
    }),
  });
  if (takesOptions) checks.push({
    name: 'refuses an unknown option',
    run: () => expectError('an unknown option', 'option', 'noSuchOption', () => create({ noSuchOption: 1 })),
  });
  return checks.map(({ name, run }) => ({ name, run: async () => { await ready(); await run(); } }));
}
