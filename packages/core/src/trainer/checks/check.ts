/** What a built-in check gets to know, and what it returns. Checks know modules by their traits and plugins by their claims. */
import type { Module } from '../../nn/module';
import type { Optimizer } from '../../optim/optimizer';
import type { Inputs, Outputs } from '../../types';
import type { Finding, Plugin, PluginKey } from '../contract';

export interface PlanFacts {
  readonly model: Module<Inputs, Outputs>;
  readonly plugins: readonly { readonly key: PluginKey; readonly plugin: Plugin }[];
  readonly optimizer?: Optimizer;
  /** Microbatches a step. */
  readonly accumulate?: number;
  /** Of a step; known once a fit starts. */
  readonly batchSize?: number;
}

export type Check = (facts: PlanFacts) => readonly Finding[];

/** A warning that concerns no plugin. */
export const warning = (code: string, message: string, hint?: string): Finding =>
  ({ severity: 'warning', code, message, plugins: [], ...(hint === undefined ? {} : { hint }) });
