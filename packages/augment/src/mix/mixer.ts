/** What the plugins that mix samples share: one at a time, until some time, on batches and their further views. */
import {
  type AnyPlugin, type Batch, checkOptions, definePlugin, type Finding, type Inputs, type Json, type PluginInfo, type PluginKey, type Schedule, type StepContext, strength, type Target,
} from '@parsimony/core';
import { version } from '../../package.json';
import { type MixTargetOptions, targetOptionsOf } from './mix-targets';
import { mixesUntil, type Until } from './until';

export interface MixerOptions {
  /** That something is mixed at all, in [0, 1], asked for each draw: a number or a schedule of the step. Default 1. */
  readonly prob?: Schedule;
  /** `{ epoch }`, `{ step }` or `{ fraction }`: mixing ends after so many epochs, steps, or this share of all steps. Default: never. */
  readonly until?: Until;
  /** Tells this one from another of its kind. */
  readonly instance?: string;
}

const mixers = ['mixup', 'cutmix', 'mixup-or-cutmix', 'manifold-mixup', 'fmix', 'mosaic', 'ricap', 'tabular-mixup'].map((name) => `@parsimony/augment/${name}`);

/** What all mixers have, checked. */
export interface Mixer {
  /** The plugin's name in plans. */
  readonly name: string;
  readonly instance: string | undefined;
  readonly json: Readonly<Record<string, Json>>;
  /** The probability to mix now; 0 when it is over. */
  prob(ctx: StepContext): number;
  check(peers: readonly PluginInfo[]): readonly Finding[];
}

/**
 * Checks the options that mixers have in common, and that the rest are known.
 *
 * @param where - What the plugin is called in errors.
 * @param lastName - What it is called in plans, without the package.
 */
export function checkMixer(where: string, lastName: string, options: MixerOptions, known: readonly string[]): Mixer {
  checkOptions(where, options, [...known, 'prob', 'until', 'instance']);
  const { prob, until, instance } = options;
  const share = strength(where, 'prob', prob ?? 1, { min: 0, max: 1 });
  const mixes = mixesUntil(where, until);
  const name = `@parsimony/augment/${lastName}`;
  return {
    name,
    instance,
    json: { prob: share.schedule, ...(until !== undefined && { until: until as Json }) },
    prob: (ctx) => (mixes(ctx) ? share.at(ctx) : 0),
    check: (peers) => peers.filter((peer) => mixers.includes(peer.name)).map((peer) => [keyOf({ name, instance }), keyOf(peer)] as const)
      // Of two that find each other one says it.
      .filter(([own, other]) => own < other).map(([own, other]): Finding => ({
        severity: 'error', code: 'two-mixers', plugins: [own, other],
        message: `${own} and ${other} both mix the samples of a batch: mixed twice, each would be of several others in shares that neither knows.`,
        hint: 'Leave one of them out, or let `mixupOrCutmix` choose between mixup and cutmix.',
      })),
  };
}

const keyOf = ({ name, instance }: { readonly name: string; readonly instance?: string | undefined }): PluginKey => (instance === undefined ? name : `${name}#${instance}`) as PluginKey;

/** How a mixer that works on whole batches draws and applies. */
export interface Mixing<D> {
  /** Options beside those of all mixers, as JSON. */
  readonly json: Readonly<Record<string, Json>>;
  /** Undefined: nothing is mixed. */
  draw(batch: Batch, prob: number, ctx: StepContext): D | undefined;
  inputs(inputs: Inputs, draw: D): Inputs;
  target(target: Target, draw: D, options: MixTargetOptions): Target;
}

/** The plugin of a mixer that works on whole batches, before they are split into microbatches. */
export function batchMixer<D>({ name, instance, json, prob, check }: Mixer, mixing: Mixing<D>): AnyPlugin {
  return definePlugin({
    name,
    version,
    apiVersion: 1,
    ...(instance !== undefined && { instance }),
    options: { ...mixing.json, ...json },
    claims: { writes: { 'batch.inputs': 'affine', 'batch.views': 'affine', targets: 'affine' } },
    batchSemantics: 'per-sample',
    hooks: {
      transformBatch(batch, ctx): Batch | undefined {
        const now = prob(ctx);
        const draw = now === 0 ? undefined : mixing.draw(batch, now, ctx);
        if (draw === undefined) return undefined;
        return {
          ...batch,
          inputs: mixing.inputs(batch.inputs, draw),
          target: mixing.target(batch.target, draw, targetOptionsOf(ctx.lossOf)),
          ...(batch.views && { views: batch.views.map((view) => mixing.inputs(view, draw)) }),
        };
      },
    },
    check,
  });
}
