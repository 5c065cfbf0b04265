/** Runs the hooks of a plan: one method a kind, every call guarded, the order fixed when the fit starts. */
import { globMatch } from '../../glob';
import { fail, show } from '../../errors';
import { tensorsIn } from '../../tensor/find';
import type { Arena } from '../../tensor/scope';
import type { HookName } from '../contract';
import type { ResolvedPlan } from '../plan/plan';
import { guard, guardSync, inTurn, isPromise, passThrough } from './blame';
import type { PluginRuntime } from './run';

interface Part {
  readonly own: PluginRuntime;
  // Hooks are checked by the contract's types where they are written; here their kinds are what matters.
  readonly handler: (...args: readonly unknown[]) => unknown;
  readonly match: string | undefined;
}

type ContextOf = (own: PluginRuntime) => unknown;

export class Hooks {
  readonly #parts: Readonly<Record<HookName, readonly Part[]>>;
  readonly #activationParts = new Map<string, readonly Part[]>();

  constructor(plan: ResolvedPlan, runtimes: readonly PluginRuntime[]) {
    const find = (key: string): PluginRuntime => runtimes.find((own) => own.key === key) as PluginRuntime;
    this.#parts = Object.fromEntries(Object.entries(plan.hooks).map(([name, { entries }]) => [
      name, entries.map(({ key, handler, match }): Part => ({ own: find(key), handler: handler as Part['handler'], match })),
    ])) as unknown as Record<HookName, readonly Part[]>;
  }

  has(name: HookName): boolean { return this.#parts[name].length > 0; }

  /** `xStart` and `xEnd` inside a step. */
  observe(name: HookName, ctx: ContextOf): void {
    for (const { own, handler } of this.#parts[name]) guardSync(own.key, name, () => handler(ctx(own)));
  }

  /** `xStart` and `xEnd` at boundaries; waits only for promises. What hooks make before an await goes to the arena. */
  observeAsync(name: HookName, ctx: ContextOf, arena: Arena): Promise<void> | undefined {
    return inTurn(this.#parts[name], ({ own, handler }) => arena.run(() => guard(own.key, name, () => handler(ctx(own)))));
  }

  /** `fitEnd`: in reverse order, all of them whatever one throws; what was thrown. */
  async observeAll(name: HookName, ctx: ContextOf, arena: Arena): Promise<unknown[]> {
    const errors: unknown[] = [];
    for (const { own, handler } of this.#parts[name].toReversed()) {
      try {
        await arena.run(() => guard(own.key, name, () => handler(ctx(own))));
      } catch (error) {
        errors.push(error);
      }
    }
    return errors;
  }

  /** `transformX` inside a step. `check` looks at what comes back. */
  transform<V>(name: HookName, value: V, ctx: ContextOf, check: (next: V, before: V) => void): V {
    return this.#parts[name].reduce((before, { own, handler }) => guardSync(own.key, name, () => {
      const next = handler(before, ctx(own)) as V | undefined;
      if (next === undefined) return before;
      if (!isPromise(next)) check(next, before);
      return next;
    }), value);
  }

  /** `transformX` at boundaries. */
  transformAsync<V>(name: HookName, value: V, ctx: ContextOf, arena: Arena, check: (next: V) => void): V | Promise<V> {
    let current = value;
    const take = (next: V | undefined): void => {
      if (next === undefined) return;
      check(next);
      current = next;
    };
    const late = async (own: PluginRuntime, next: Promise<V | undefined>): Promise<void> => {
      const made = await next;
      // Tensors made after an await belong to no scope; those of its state stay the plugin's.
      const kept = new Set(tensorsIn(own.state.tensors));
      arena.adopt(tensorsIn(made).filter((x) => !kept.has(x)));
      take(made);
    };
    const waiting = inTurn(this.#parts[name], ({ own, handler }) => guard(own.key, name, () => {
      const next = arena.run(() => handler(current, ctx(own))) as V | undefined | Promise<V | undefined>;
      return isPromise(next) ? late(own, next) : take(next);
    }));
    return waiting ? waiting.then(() => current) : current;
  }

  /** `collectX`: what each plugin gave. */
  collect<V>(name: HookName, ctx: ContextOf): { readonly own: PluginRuntime; readonly values: readonly V[] }[] {
    return this.#parts[name].map(({ own, handler }) => ({
      own, values: guardSync(own.key, name, () => {
        const values = handler(ctx(own)) as readonly V[];
        if (!isPromise(values) && !Array.isArray(values)) fail('plugin', `the hook must return a list, received ${show(values)}.`);
        return values;
      }),
    }));
  }

  /** `aroundX` inside a step: the first plugin outermost. `enter` sees the value that each call is made with. */
  around<V, R>(name: HookName, ctx: ContextOf, innermost: (value: V) => R): (value: V) => R {
    const parts = this.#parts[name];
    const run = (i: number, value: V): R => {
      const part = parts[i];
      if (!part) return innermost(value);
      const next = (given: V = value): R => passThrough(() => run(i + 1, given));
      return guardSync(part.own.key, name, () => part.handler(ctx(part.own), next) as R);
    };
    return (value) => run(0, value);
  }

  /** `aroundEval`. */
  aroundAsync<V, R>(name: HookName, ctx: ContextOf, innermost: (value: V) => Promise<R>, arena: Arena): (value: V) => Promise<R> {
    const parts = this.#parts[name];
    const run = (i: number, value: V): Promise<R> => {
      const part = parts[i];
      if (!part) return innermost(value);
      const next = (given: V = value): Promise<R> => passThrough(() => run(i + 1, given));
      return arena.run(() => guard(part.own.key, name, async () => part.handler(ctx(part.own), next) as Promise<R>));
    };
    return (value) => run(0, value);
  }

  /** `transformActivation` for one module path. */
  activation<V>(path: string, value: V, ctx: ContextOf, check: (next: V, before: V) => void): V {
    let parts = this.#activationParts.get(path);
    if (!parts) {
      parts = this.#parts.transformActivation.filter(({ match }) => globMatch(match ?? '', path));
      this.#activationParts.set(path, parts);
    }
    return parts.reduce((before, { own, handler }) => guardSync(own.key, 'transformActivation', () => {
      const next = handler(before, ctx(own), path) as V | undefined;
      if (next === undefined) return before;
      if (!isPromise(next)) check(next, before);
      return next;
    }), value);
  }
}
