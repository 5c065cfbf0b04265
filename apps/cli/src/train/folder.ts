/**
 * The folder of a training: `training.json`, with what was asked for and the runs that are finished, the weights of those, and
 * the checkpoints of the one that is not.
 */
import { existsSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { type CheckpointStore, directoryStore, fail, type Json } from '@parsimony/core';
import type { RunRecord } from '../report/record';
import type { RunName, TrainConfig } from './config';
import { configJson } from './describe';

/** What a training was begun with. */
export interface Begun {
  /** When, as ISO 8601. */
  readonly at: string;
  /** The configuration file, as it was named or found; null without one. */
  readonly file: string | null;
  /** What the command line said. */
  readonly flags: Partial<TrainConfig>;
  readonly json: string | null;
  readonly report: string | null;
  /** Models, runs and seeds, multiplied. */
  readonly runs: number;
  readonly config: Json;
}

interface Manifest extends Begun {
  readonly version: 1;
  readonly records: readonly RunRecord[];
  /** All runs are finished, and the report is written. */
  readonly ended: boolean;
}

const manifestFile = 'training.json';
const root = 'runs';

/** Where one run keeps its files. */
export interface RunPlace {
  /** The folder of its checkpoints. */
  readonly checkpoints: string;
  /** Its weights, once it is finished: safetensors with PyTorch's names. */
  saveWeights(bytes: Uint8Array): Promise<void>;
}

export class TrainingFolder {
  readonly #store: CheckpointStore;
  #records: readonly RunRecord[];
  #ended = false;

  private constructor(readonly path: string, readonly begun: Begun, records: readonly RunRecord[]) {
    this.#store = directoryStore(path);
    this.#records = records;
  }

  /** A new one, `runs/<time>`, which `begin` makes. */
  static create(begun: Begun): TrainingFolder {
    const name = `${root}/${begun.at.slice(0, 19).replaceAll(':', '-')}`;
    let path = name;
    for (let i = 2; existsSync(path); i++) path = `${name}-${i}`;
    return new TrainingFolder(path, begun, []);
  }

  /** That of `--resume FOLDER`; without a name the newest that is not finished. */
  static async open(name: string, none = 'parsimony train: there is no training to resume in'): Promise<TrainingFolder> {
    const path = name === '' ? await newestUnfinished() : name.replace(/\/+$/, '');
    const { version: _, ended: __, records, ...begun } = await readManifest(path, none);
    return new TrainingFolder(path, begun, records);
  }

  get records(): readonly RunRecord[] { return this.#records; }
  get report(): string { return this.begun.report ?? `${this.path}/report.html`; }

  /** Of a run that is finished. */
  find(model: string, run: RunName, seed: number): RunRecord | undefined {
    return this.#records.find(({ outcome }) => outcome.model === model && outcome.run === run && outcome.seed === seed);
  }

  /** From here on there is something to resume. */
  async begin(): Promise<void> {
    if (!this.exists) await this.#write();
  }

  get exists(): boolean { return existsSync(`${this.path}/${manifestFile}`); }

  place(model: string, run: RunName, seed: number): RunPlace {
    const name = `${encodeURIComponent(model)}-${run}-${seed}`;
    return { checkpoints: `${this.path}/checkpoints/${name}`, saveWeights: (bytes) => this.#attempt(() => this.#store.write(`${name}.safetensors`, [bytes])) };
  }

  /** Remembers a finished run; its checkpoints are not needed any more. */
  async finish(record: RunRecord): Promise<void> {
    this.#records = [...this.#records, record];
    await this.#write();
    const { model, run, seed } = record.outcome;
    await this.clean(model, run, seed);
  }

  /** Once the report is written: there is nothing left to resume. */
  async end(): Promise<void> {
    this.#ended = true;
    await this.#write();
  }

  async clean(model: string, run: RunName, seed: number): Promise<void> {
    await this.#attempt(() => rm(this.place(model, run, seed).checkpoints, { recursive: true, force: true }));
    if (this.#records.length === this.begun.runs) await this.#attempt(() => rm(`${this.path}/checkpoints`, { recursive: true, force: true }));
  }

  #write(): Promise<void> {
    const manifest: Manifest = { version: 1, ...this.begun, records: this.#records, ended: this.#ended };
    return this.#attempt(() => this.#store.write(manifestFile, [new TextEncoder().encode(`${JSON.stringify(manifest)}\n`)]));
  }

  async #attempt(fn: () => Promise<void>): Promise<void> {
    try {
      await fn();
    } catch (error) {
      fail('file', `parsimony train: the folder ${this.path} could not be written to (${(error as Error).message}).`, { cause: error });
    }
  }
}

async function readManifest(path: string, none = 'parsimony train: there is no training to resume in'): Promise<Manifest> {
  const file = `${path}/${manifestFile}`;
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    return fail('file', `${none} ${path}: ${file} could not be read (${(error as Error).message}).`, { cause: error });
  }
  try {
    const manifest = JSON.parse(text) as Manifest;
    if (manifest?.version === 1 && Array.isArray(manifest.records)) return manifest;
    return fail('file', `parsimony train: ${file} is of another version of this command.`);
  } catch (error) {
    return error instanceof SyntaxError ? fail('file', `parsimony train: ${file} is not JSON (${error.message}).`, { cause: error }) : Promise.reject(error);
  }
}

async function newestUnfinished(): Promise<string> {
  const names = existsSync(root) ? (await readdir(root)).filter((name) => existsSync(`${root}/${name}/${manifestFile}`)).sort().toReversed() : [];
  for (const name of names) {
    if (!(await readManifest(`${root}/${name}`)).ended) return `${root}/${name}`;
  }
  return fail('file', `parsimony train: there is no unfinished training in ${root}/ to resume. Name its folder: --resume FOLDER.`);
}

/** Refuses a configuration that is not the one a training was begun with: a file that was changed since. */
export function checkUnchanged(folder: TrainingFolder, config: TrainConfig): void {
  const [before, now] = [folder.begun.config, configJson(config)] as unknown as Readonly<Record<string, Json>>[];
  // What the machine has now is fine.
  const changed = Object.keys({ ...before, ...now }).filter((key) => !['backend', 'threads'].includes(key) && JSON.stringify(before?.[key]) !== JSON.stringify(now?.[key]));
  const [key] = changed;
  if (key !== undefined) {
    fail('config', `parsimony train: ${folder.path} was begun with \`${key}\` ${JSON.stringify(before?.[key])}; ${folder.begun.file ?? 'the configuration'} now says ${JSON.stringify(now?.[key])}. Put it back, or begin anew.`);
  }
}
