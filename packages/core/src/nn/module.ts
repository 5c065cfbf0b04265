/**
 * The module: a specification of parameters, buffers and children, and a `compute`. Parameters are made by `init(key)`,
 * each from the key of its own path, and reach `compute` through its context, so other weights are an argument.
 */
import { detach } from '../autograd/custom';
import { fail } from '../errors';
import { checkBoolean, checkOptions } from '../options';
import { foldIn, key as makeKey, type RngKey } from '../random/key';
import { currentExecutor } from '../backends/registry';
import { upload } from '../tensor/create';
import type { DType } from '../tensor/dtype';
import { keep, scope } from '../tensor/scope';
import { type Shape, sizeOf } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import type { ForwardContext, Params, Weights } from '../types';
import type { ModuleTraits } from './traits';
import { appendedTo, runAppended } from './append';
import { matchState } from './load-state';
import { aliasesOf, tiedTo } from './tie';
import { inference, Pass, passOf } from './context';
import {
  attachParametrization, type BufferSpec, deriveFirstValues, detachParametrizations, type Initializer, type ParameterSpec, type Parametrization, type ParametrizedWeight,
  type ParametrizeOptions, type WeightTables,
} from './parametrization';

/** @internal Where the tree keeps one parameter or buffer. `put` disposes the former value. */
export interface WeightSlot {
  readonly kind: 'param' | 'buffer';
  readonly shape: Shape;
  readonly dtype: DType;
  /** What every element of a buffer begins with. */
  readonly initial?: number;
  get(): Tensor | undefined;
  put(value: Tensor): void;
}

/** Tensors that are some module's own. */
const owned = new WeakSet<Tensor>();

const brand = Symbol.for('parsimony.module');

/** True for a module of this or another copy of core. */
export const isModule = (value: unknown): value is Module<unknown, unknown> =>
  typeof value === 'object' && value !== null && (value as { [brand]?: unknown })[brand] === true;

const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

/**
 * Base class of every module. A subclass declares children as properties (modules, or lists of modules), parameters with
 * `parameter` and buffers with `buffer` in its constructor, and writes `compute`. People call `forward`.
 *
 * @example
 * ```ts
 * import { nn, ops, random, ready, type ForwardContext, type Tensor, zeros } from '@parsimony/core';
 * await ready();
 * class Net extends nn.Module {
 *   first = new nn.Linear(4, 8);
 *   second = new nn.Linear(8, 2);
 *   protected compute(x: Tensor, ctx: ForwardContext): Tensor {
 *     return this.second.forward(ops.relu(this.first.forward(x, ctx)), ctx);
 *   }
 * }
 * const net = new Net().init(random.key(0));
 * net.forward(zeros([3, 4])).shape; // => [3, 2]
 * Object.keys(net.stateDict()); // => ['first.weight', 'first.bias', 'second.weight', 'second.bias']
 * ```
 */
export abstract class Module<I = Tensor, O = Tensor> {
  readonly [brand] = true;
  /** Path from the root of the model; set by `init`, '' for a root. */
  path = '';
  /** What checks of a plan may know of a module without importing its class; see `ModuleTraits`. */
  declare readonly traits?: ModuleTraits;
  readonly #parameters = new Map<string, ParameterSpec>();
  readonly #buffers = new Map<string, BufferSpec>();
  readonly #values = new Map<string, Tensor>();
  readonly #parametrized = new Map<string, ParametrizedWeight>();

  /** What it computes in terms of its inputs; the context is bound to this module. Synchronous. */
  protected abstract compute(inputs: I, ctx: ForwardContext): O;

  /** Runs the module: inference unless the context says training. */
  forward(inputs: I, ctx?: ForwardContext): O {
    const pass = ctx === undefined ? inference() : passOf(ctx);
    const run = (): O => {
      const output = runAppended(this, this.compute(inputs, pass.bind(this.path)), pass.bind(this.path));
      return pass.onActivation === undefined ? output : pass.onActivation(this.path, output) as O;
    };
    // The terms that modules added to the loss outlive the call, as its outputs do.
    return ctx === undefined || ctx instanceof Pass ? scope(() => [run(), pass.lossTerms] as const)[0] : run();
  }

  /** Declares a parameter; the tensor exists after `init`. */
  protected parameter(name: string, shape: Shape, initializer: Initializer): void {
    this.#parameters.set(name, { shape, initializer });
  }

  /** Declares a buffer: state that is saved but not trained. */
  protected buffer(name: string, shape: Shape, value: number, dtype: DType = 'float32'): void {
    this.#buffers.set(name, { shape, value, dtype });
  }

  /** The value of a parameter or buffer in this pass, parametrized. For use in `compute`. */
  protected param(name: string, ctx: ForwardContext): Tensor {
    const tied = tiedTo(this, name);
    if (tied) return tied.owner.param(tied.name, passOf(ctx).bind(tied.owner.path));
    const raw = this.raw(name, ctx);
    const own = this.#parametrized.get(name);
    return own ? own.fns.reduce((value, fn) => fn(value, ctx, (other) => this.raw(other, ctx)), raw) : raw;
  }

  /** The value of a parameter or buffer in this pass before parametrizations. */
  protected raw(name: string, ctx: ForwardContext): Tensor {
    const stored = this.#parametrized.get(name)?.stored ?? name;
    const full = join(this.path, stored);
    const buffer = this.#buffers.has(stored);
    // A module used twice in a pass goes on from the buffers that its first use wrote.
    const staged = buffer ? passOf(ctx).bufferUpdates.get(full) : undefined;
    return staged ?? (buffer ? ctx.weights.buffers : ctx.weights.params)[full] ?? this.#values.get(stored)
      ?? fail('state', `${this.constructor.name}${this.path === '' ? '' : ` at \`${this.path}\``}: \`${name}\` has no value yet. Call \`model.init(random.key(seed))\` (the Trainer does) before the first forward.`);
  }

  protected hasParameter(name: string): boolean { return tiedTo(this, name) !== undefined || this.#parameters.has(this.#parametrized.get(name)?.stored ?? name); }

  /** Children by property name; a list gives `name.0`, `name.1`, … */
  children(): [string, Module<unknown, unknown>][] {
    const out: [string, Module<unknown, unknown>][] = [];
    for (const [name, value] of Object.entries(this)) {
      if (isModule(value)) out.push([name, value]);
      else if (Array.isArray(value)) value.forEach((item: unknown, i) => { if (isModule(item)) out.push([`${name}.${i}`, item]); });
    }
    return out;
  }

  /** Every module of the tree by path, this one first; a module in two places appears once, at its first path. */
  namedModules(): [string, Module<unknown, unknown>][] {
    const seen = new Set<Module<unknown, unknown>>();
    const out: [string, Module<unknown, unknown>][] = [];
    const visit = (module: Module<unknown, unknown>, path: string): void => {
      if (seen.has(module)) return;
      seen.add(module);
      out.push([path, module]);
      for (const [name, child] of [...module.children(), ...appendedTo(module)]) visit(child, join(path, name));
    };
    visit(this as unknown as Module<unknown, unknown>, '');
    return out;
  }

  /** Makes this module the root: gives every module below its path. `init` and the Trainer call it. */
  assignPaths(): void {
    for (const [path, module] of this.namedModules()) module.path = path;
  }

  /** Creates every parameter and buffer that has no value yet, each from the key of its path. Returns the module. */
  init(key: RngKey): this {
    this.assignPaths();
    for (const [, module] of this.namedModules()) module.#initOwn(key);
    return this;
  }

  #initOwn(key: RngKey): void {
    const executor = currentExecutor();
    const put = (name: string, data: ArrayLike<number>, shape: Shape, dtype: DType): void => {
      this.#replace(name, upload(executor, data, shape, dtype));
    };
    for (const [name, { shape, initializer, drawnAs = name }] of this.#parameters) {
      if (initializer && !this.#values.has(name)) put(name, initializer(shape, foldIn(key, join(this.path, drawnAs))), shape, 'float32');
    }
    for (const [name, { shape, value, dtype, derived }] of this.#buffers) {
      if (!derived && !this.#values.has(name)) put(name, new Float32Array(sizeOf(shape)).fill(value), shape, dtype);
    }
    deriveFirstValues(this.#tables(), key);
  }

  get initialized(): boolean {
    return this.namedModules().every(([, m]) => [...m.#parameters.keys(), ...m.#buffers.keys()].every((name) => m.#values.has(name)));
  }

  /** Parameters and buffers by path. The tensors are the model's own, not copies. */
  weights(): Weights {
    const params: Record<string, Tensor> = {};
    const buffers: Record<string, Tensor> = {};
    for (const [path, module] of this.namedModules()) {
      for (const [name, value] of module.#values) (module.#buffers.has(name) ? buffers : params)[join(path, name)] = value;
    }
    return { params, buffers };
  }

  /** Parameters by path. */
  parameters(): Params { return this.weights().params; }
  /** Buffers by path. */
  buffers(): Params { return this.weights().buffers; }

  /** Parameters and buffers by path, with PyTorch's names, in PyTorch's order. */
  stateDict(): Params {
    const out: Record<string, Tensor> = {};
    for (const [path, module] of this.namedModules()) {
      for (const name of [...module.#parameters.keys(), ...module.#buffers.keys()]) {
        const value = module.#values.get(name);
        if (value) out[join(path, name)] = value;
      }
    }
    return out;
  }

  /**
   * Takes values by path; the module owns them from then on and gives its former ones back. Those of another module stay
   * its own too, so that `b.loadStateDict(a.stateDict())` copies a model. Every path must be the model's; with `strict` (the
   * default) none may be missing. A parameter in two places may come under either path, or, as PyTorch saves it, under
   * both: then what stands under the first counts.
   *
   * @throws state: unknown or missing paths. shape, dtype: a tensor of another shape or type. option: an unknown option.
   * @example
   * ```ts
   * import { nn, random, ready } from '@parsimony/core';
   * await ready();
   * const a = new nn.Linear(2, 2).init(random.key(0));
   * const b = new nn.Linear(2, 2).loadStateDict(a.stateDict());
   * b.initialized; // => true
   * ```
   */
  loadStateDict(state: Params, options: { readonly strict?: boolean } = {}): this {
    checkOptions('loadStateDict', options, ['strict']);
    const strict = checkBoolean('loadStateDict', 'strict', options.strict ?? true);
    const { values, spare } = matchState(this.slots(), state, strict, () => aliasesOf(this));
    this.assignPaths();
    // All are taken before any former one is given back: they may be the same tensors under other names.
    const taken = values.map(([slot, value]) => [slot, owned.has(value) ? detach(value) : value] as const);
    for (const [slot, value] of taken) slot.put(value);
    for (const value of spare) if (!owned.has(value)) value.dispose();
    return this;
  }

  /** @internal Every parameter and buffer of the tree by path: walked once, then the Trainer replaces values without a walk. */
  slots(): Map<string, WeightSlot> {
    const out = new Map<string, WeightSlot>();
    for (const [path, owner] of this.namedModules()) {
      const add = (name: string, kind: WeightSlot['kind'], shape: Shape, dtype: DType, more: { readonly initial?: number } = {}): void => {
        out.set(join(path, name), { kind, shape, dtype, ...more, get: () => owner.#values.get(name), put: (value) => { owner.#replace(name, value); } });
      };
      for (const [name, { shape }] of owner.#parameters) add(name, 'param', shape, 'float32');
      for (const [name, { shape, dtype, value }] of owner.#buffers) add(name, 'buffer', shape, dtype, { initial: value });
    }
    return out;
  }

  /** Shapes of the parameters by path, known before `init`. */
  parameterShapes(): Readonly<Record<string, Shape>> {
    return Object.fromEntries([...this.slots()].filter(([, slot]) => slot.kind === 'param').map(([path, { shape }]) => [path, shape]));
  }

  #replace(name: string, value: Tensor): void {
    const before = this.#values.get(name);
    if (before === value) return;
    owned.add(value);
    this.#values.set(name, keep(value));
    before?.dispose();
  }

  /** Takes over the buffers that a training pass staged, as an applied step does. */
  commit(pass: Pass): void {
    if (pass.bufferUpdates.size > 0) this.loadStateDict(Object.fromEntries(pass.bufferUpdates), { strict: false });
    pass.bufferUpdates.clear();
  }

  #tables(): WeightTables {
    return {
      label: `${this.constructor.name} at \`${this.path}\``, path: this.path, parameters: this.#parameters, buffers: this.#buffers, values: this.#values,
      parametrized: this.#parametrized, replace: (name, value) => { this.#replace(name, value); },
    };
  }

  /** @internal See `parametrize`. */
  addParametrization(name: string, fn: Parametrization, options: ParametrizeOptions = {}): () => void {
    const remove = attachParametrization(this.#tables(), name, fn, options);
    deriveFirstValues(this.#tables(), makeKey(0));
    return remove;
  }

  /** @internal See `removeParametrizations`. */
  bakeParametrizations(name: string): void {
    const initialized = this.#values.has(this.#parametrized.get(name)?.stored ?? '');
    detachParametrizations(this.#tables(), name, initialized ? scope(() => detach(this.effective(name))) : undefined);
  }

  /** @internal Names of its own parameters and buffers, as they are stored. */
  weightNames(): string[] { return [...this.#parameters.keys(), ...this.#buffers.keys()]; }

  /** @internal See `tie`: another module keeps this parameter from now on. */
  giveUpParameter(name: string): void {
    if (this.#parametrized.has(name)) fail('option', `tie: \`${name}\` of ${this.constructor.name} at \`${this.path}\` is parametrized. Parametrize the one that stays.`);
    this.#parameters.delete(name);
    this.#values.get(name)?.dispose();
    this.#values.delete(name);
  }

  /** @internal The parameter or buffer as an evaluation sees it, parametrized. */
  effective(name: string): Tensor { return scope(() => this.param(name, inference().bind(this.path))); }
}
