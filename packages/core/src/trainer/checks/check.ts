/** What a built-in check gets to know, and what it returns. Checks know modules by their traits and plugins by their claims. */
import type { Module } from '../../nn/module';
import type { Inputs, Outputs } from '../../types';
import type { Finding, PlanSettings, Plugin, PluginKey } from '../contract';

export interface PlanFacts extends PlanSettings {
  readonly model: Module<Inputs, Outputs>;
  readonly plugins: readonly { readonly key: PluginKey; readonly plugin: Plugin }[];
}

export type Check = (facts: PlanFacts) => readonly Finding[];

/** A warning that concerns no plugin. */
export const warning = (code: string, message: string, hint?: string): Finding =>
  ({ severity: 'warning', code, message, plugins: [], ...(hint === undefined ? {} : { hint }) });
