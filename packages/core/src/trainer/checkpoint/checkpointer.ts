/** Writes the checkpoints of a fit when they are due, and removes those that need not stay. */
import { fail } from '../../errors';
import type { Run } from '../parts/run';
import { takeSnapshot } from '../snapshot';
import { fitOf } from './decode';
import { type Best, encodeCheckpoint } from './encode';
import { fileOf, stepsIn } from './files';
import type { CheckedCheckpointOptions } from './options';

export class Checkpointer {
  /** The best first. */
  #ranked: readonly Best[] = [];
  /** Where the fit was at the last write. */
  #written: string | undefined;
  /** Step of the last file that is whole. */
  #last: number | undefined;
  #lastAt = performance.now();
  #lastStep = 0;
  #lastEpoch = 0;
  /** Of a fit that was resumed from before them, or of another one. */
  #obsolete: readonly number[] = [];

  constructor(readonly run: Run, readonly options: CheckedCheckpointOptions) {}

  /** The path of the last one, to resume from; undefined: none is whole. */
  get last(): string | undefined { return this.#last === undefined ? undefined : this.#path(this.#last); }
  get best(): string | undefined { return this.ranked[0]; }
  /** Paths of those that stay for their value, the best first. */
  get ranked(): readonly string[] { return this.#ranked.map(({ step }) => this.#path(step)); }
  get store(): string { return this.options.store.name; }

  /**
   * Before the first step: looks at what is there, and writes the first one, so that there is one from the start and a folder
   * that cannot be written to is known at once. `from` is what the fit resumes from.
   */
  async begin(from: { readonly path?: string; readonly ranked: readonly Best[] } | undefined): Promise<void> {
    const { store, overwrite } = this.options;
    const there = await stepsIn(store);
    const own = from !== undefined && await this.#isOwn(there);
    if (there.length > 0 && !own && !overwrite) {
      fail('file', `fit: ${store.name} has checkpoints of another fit, the newest of step ${there.at(-1)}. Go on with it (\`resume: '${store.name}'\`), begin anew in another folder, or pass \`overwrite: true\`.`);
    }
    // The newest goes last: until then the older fit can be resumed.
    if (!from) await this.#remove(there);
    this.#ranked = own ? this.#ofRule(from.ranked.filter((best) => there.includes(best.step))) : [];
    this.#obsolete = from ? there.filter((step) => !own || step > this.run.step) : [];
    if (own && from.path === this.#path(this.run.step) && there.includes(this.run.step)) {
      this.#last = this.run.step;
      this.#mark();
    } else {
      await this.write();
    }
  }

  /** Whether the store's checkpoints are of this fit, told by the newest that is whole. */
  async #isOwn(there: readonly number[]): Promise<boolean> {
    for (const step of there.toReversed()) {
      const fit = fitOf(await this.options.store.read(fileOf(step)));
      if (fit !== undefined) return fit === this.run.id;
    }
    return false;
  }

  /** Those that were found by the rule that holds now, as many as it keeps. */
  #ofRule(ranked: readonly Best[]): readonly Best[] {
    const { keepBest } = this.options;
    return keepBest === false ? [] : ranked.filter(({ monitor, mode }) => keepBest.monitor === monitor && keepBest.mode === mode).slice(0, keepBest.count);
  }

  /** Whether one is to be written after a step within an epoch, after an epoch, or at the end of a fit that ended in order. */
  isDue(when: 'afterStep' | 'afterEpoch' | 'end'): boolean {
    const { run, options: { everySteps, everyEpochs, everySeconds } } = this;
    if (when === 'end') return this.#written !== this.#position();
    return run.step - this.#lastStep >= everySteps || (when === 'afterEpoch' && run.epoch - this.#lastEpoch >= everyEpochs)
      || performance.now() - this.#lastAt >= everySeconds * 1000;
  }

  /** The fit as it is, once all that was asked of the device is there. */
  async write(): Promise<void> {
    const { run, options: { store, keepLast } } = this;
    const { step } = run;
    const ranked = this.#rank();
    const chunks = await encodeCheckpoint(takeSnapshot(run, run.store.weights), ranked);
    try {
      await store.write(fileOf(step), chunks);
    } catch (error) {
      fail('file', `fit: the checkpoint ${this.#path(step)} could not be written: ${error instanceof Error ? error.message : String(error)}.`, { cause: error });
    }
    this.#ranked = ranked;
    this.#last = step;
    this.#mark();
    const there = await stepsIn(store);
    const stay = new Set([...there.filter((s) => !this.#obsolete.includes(s)).slice(-keepLast), step, ...ranked.map((best) => best.step)]);
    await this.#remove(there.filter((s) => !stay.has(s)));
    this.#obsolete = [];
  }

  async #remove(steps: readonly number[]): Promise<void> {
    for (const step of steps) {
      try {
        await this.options.store.remove(fileOf(step));
      } catch (error) {
        fail('file', `fit: the checkpoint ${this.#path(step)}, which is not needed any more, could not be removed: ${error instanceof Error ? error.message : String(error)}.`, { cause: error });
      }
    }
  }

  #mark(): void {
    const { run } = this;
    this.#lastAt = performance.now();
    this.#lastStep = run.step;
    this.#lastEpoch = run.epoch;
    this.#written = this.#position();
  }

  #position(): string {
    const { epoch, step, batch, stopReason } = this.run;
    return JSON.stringify([epoch, step, batch, stopReason]);
  }

  /** The best with the present step in its place, by its last row. */
  #rank(): readonly Best[] {
    const { run, options: { keepBest } } = this;
    const row = run.history.at(-1);
    const value = keepBest === false || row?.step !== run.step ? undefined : row.values[keepBest.monitor];
    if (keepBest === false || value === undefined || Number.isNaN(value)) return this.#ranked;
    const { monitor, mode, count } = keepBest;
    const others = this.#ranked.filter(({ step }) => step !== run.step);
    const better = others.filter((best) => (mode === 'min' ? best.value <= value : best.value >= value));
    return [...better, { step: run.step, value, monitor, mode }, ...others.slice(better.length)].slice(0, count);
  }

  #path(step: number): string { return `${this.options.store.name}/${fileOf(step)}`; }
}
