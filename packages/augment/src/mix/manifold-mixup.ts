/** Manifold mixup: mixup of what a layer makes of the samples, a layer drawn anew for each step. */
import {
  type AnyPlugin, checkBoolean, definePlugin, fail, type Finding, globMatch, type Inputs, type MicroContext, type nn, type Outputs, type PluginInfo, type PluginKey, random, type Schedule, show, showShape,
  strength, type Tensor,
} from '@parsimony/core';
import { version } from '../../package.json';
import { mixTargets, targetOptionsOf } from './mix-targets';
import { checkMixer, type MixerOptions } from './mixer';
import { drawMixup, type MixupDraw, mixInputs, mixupParts } from './mixup';

const where = 'manifoldMixup';

export interface ManifoldMixupOptions extends MixerOptions {
  /** Both parameters of the Beta distribution, 0 or more: a number or a schedule of the step. 0 mixes nothing. Default 2. */
  readonly alpha?: Schedule;
  /**
   * Globs over the paths of modules whose outputs may be mixed: those through which all that the outputs depend on flows. Default: the
   * modules of a `Sequential` model but the last; other models must name theirs.
   */
  readonly layers?: string | readonly string[];
  /** Whether the inputs are one layer more to draw from. Default true. */
  readonly mixInputs?: boolean;
}

/** What is mixed in a microbatch; `at` undefined: the inputs. */
interface MicroDraw { readonly at: string | undefined; readonly mix: MixupDraw }

/**
 * Mixes, in each training step, the outputs of one module drawn among `layers` (or the inputs), in random pairs within the microbatch,
 * and the targets alike, with one lambda from Beta(alpha, alpha) for the step. Several passes of a microbatch are mixed the same way.
 * Metrics see the original labels; evaluation mixes nothing.
 *
 * @throws option: an unknown option or one out of range; in the plan, `layers` of which the model has none. In the fit, shape, dtype:
 * outputs that are not float32 with a row a sample. state: a module that runs twice in a pass, or never. conflict: another mixer, or distillation, in the plan.
 * @see Verma et al., "Manifold Mixup: Better Representations by Interpolating Hidden States", arXiv:1806.05236.
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { manifoldMixup } from '@parsimony/augment';
 * const trainer = new Trainer({
 *   model: new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Linear(8, 2)), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7,
 *   plugins: [manifoldMixup({ alpha: 2, layers: '1' })],
 * });
 * trainer.explain().includes('@parsimony/augment/manifold-mixup'); // => true
 * manifoldMixup({ alpha: -1 }); // throws manifoldMixup: `alpha` must be in [0, inf), received -1.
 * ```
 */
export function manifoldMixup(options: ManifoldMixupOptions = {}): AnyPlugin {
  const mixer = checkMixer(where, 'manifold-mixup', options, ['alpha', 'layers', 'mixInputs']);
  const alpha = strength(where, 'alpha', options.alpha ?? 2, { min: 0 });
  const withInputs = checkBoolean(where, 'mixInputs', options.mixInputs ?? true);
  const layers = checkLayers(options.layers);
  const known = new WeakMap<object, readonly string[]>();
  const pathsOf = (model: nn.Module<Inputs, Outputs>): readonly string[] => {
    let paths = known.get(model);
    if (!paths) known.set(model, paths = layersOf(model, layers));
    return paths;
  };

  const draw = (ctx: MicroContext): MicroDraw | undefined => {
    const [prob, now] = [mixer.prob(ctx), alpha.at(ctx)];
    if (prob === 0 || now === 0) return undefined;
    // Of the step, the same for each of its microbatches; only the pairs are of the microbatch.
    const key = random.at(ctx.rng('mix'), { step: ctx.step });
    const places = [...(withInputs ? [undefined] : []), ...pathsOf(ctx.model)];
    const { lambda } = drawMixup(key, 1, { alpha: now, prob });
    const permutation = Array.from(random.permutation(ctx.rng('pairs'), ctx.batch.size));
    return lambda === 1 ? undefined : { at: places[random.integers(random.foldIn(key, 'layer'))(places.length)], mix: { lambda, permutation } };
  };
  const drawn = (ctx: MicroContext): MicroDraw | undefined => ctx.local.get('draw') as MicroDraw | undefined;

  return definePlugin({
    name: mixer.name,
    version,
    apiVersion: 1,
    ...(mixer.instance !== undefined && { instance: mixer.instance }),
    options: { alpha: alpha.schedule, ...(layers && { layers }), mixInputs: withInputs, ...mixer.json },
    claims: { writes: { 'batch.inputs': 'affine', activations: 'affine', targets: 'affine' } },
    // Pairs are within the microbatch.
    batchSemantics: 'per-batch',
    hooks: {
      microbatchStart: (ctx) => { ctx.local.set('draw', draw(ctx)); },
      aroundForward(ctx, next) {
        const now = drawn(ctx);
        return now && now.at === undefined ? next({ ...ctx.batch, inputs: mixInputs(where, ctx.batch.inputs, now.mix) }) : next();
      },
      transformActivation: {
        match: '**',
        handler(x, ctx, path): Tensor | undefined {
          const now = drawn(ctx);
          if (now?.at !== path) return undefined;
          if (ctx.local.get('mixed in pass') === ctx.pass) fail('state', `${where}: the module at \`${path}\` ran twice in one pass, so its outputs would be mixed twice. Leave it out of \`layers\`.`);
          ctx.local.set('mixed in pass', ctx.pass);
          if (x.shape[0] !== ctx.batch.size) fail('shape', `${where}: the module at \`${path}\` gave ${showShape(x.shape)} for ${ctx.batch.size} samples; what is mixed must have a row a sample. Leave it out of \`layers\`.`);
          return mixInputs(where, x, now.mix) as Tensor;
        },
      },
      transformTargets(target, ctx) {
        const now = drawn(ctx);
        if (!now) return undefined;
        if (now.at !== undefined && ctx.local.get('mixed in pass') === undefined) fail('state', `${where}: the module at \`${now.at}\` gave no tensor in this pass. Leave it out of \`layers\`.`);
        return mixTargets(where, target, now.mix.permutation.length, mixupParts(now.mix), targetOptionsOf(ctx.lossOf));
      },
    },
    check: (peers, model) => [...mixer.check(peers), ...unlikeTeacher(mixer.name as PluginKey, peers), ...withoutLayers(mixer.name as PluginKey, () => pathsOf(model), withInputs)],
  });
}

function unlikeTeacher(own: PluginKey, peers: readonly PluginInfo[]): readonly Finding[] {
  const distillation = '@parsimony/distillation' as PluginKey;
  return peers.every(({ name }) => name !== distillation) ? [] : [{
    severity: 'error', code: 'mixed-without-the-teacher', plugins: [own, distillation],
    message: `${own} mixes inside the model, where the teacher of ${distillation} has no part: it would score the samples unmixed.`,
    hint: 'Take `mixup`, whose mixed inputs the teacher sees, or leave one of them out.',
  }];
}

function withoutLayers(own: PluginKey, paths: () => readonly string[], withInputs: boolean): readonly Finding[] {
  const refused = (message: string): readonly Finding[] => [{ severity: 'error', code: 'no-such-layer', plugins: [own], message }];
  try {
    return paths().length > 0 || withInputs ? [] : refused(`${where}: the model has no module but its last, and \`mixInputs\` is false, so there is nothing to mix.`);
  } catch (error) {
    return refused(error instanceof Error ? error.message : String(error));
  }
}

function checkLayers(layers: unknown): readonly string[] | undefined {
  if (layers === undefined) return undefined;
  const list = typeof layers === 'string' ? [layers] : layers;
  if (Array.isArray(list) && list.length > 0 && list.every((one) => typeof one === 'string' && one !== '')) return list as string[];
  return fail('option', `${where}: \`layers\` must be a glob over module paths or a list of them, received ${show(layers)}.`);
}

/** The paths to draw from, in the model's order. */
function layersOf(model: nn.Module<Inputs, Outputs>, globs: readonly string[] | undefined): readonly string[] {
  const paths = model.namedModules().map(([path]) => path).filter((path) => path !== '');
  if (globs === undefined) {
    if (model.traits?.flow !== 'sequential') fail('option', `${where}: the model is not a \`Sequential\`, so \`layers\` must name the modules whose outputs may be mixed: some of ${paths.join(', ')}.`);
    return paths.filter((path) => !path.includes('.')).slice(0, -1);
  }
  for (const glob of globs) {
    if (!paths.some((path) => globMatch(glob, path))) fail('option', `${where}: \`layers\` has ${show(glob)}, which no module of the model matches. It has: ${paths.join(', ')}.`);
  }
  return paths.filter((path) => globs.some((glob) => globMatch(glob, path)));
}
