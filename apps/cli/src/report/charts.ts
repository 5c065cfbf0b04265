/** The charts of a report as data: one line for each run, over epochs. */
import { gradNormKeys } from '../train/gradient-norm';
import type { RunRecord } from './record';

export interface Line {
  /** Index into `groups`. */
  readonly group: number;
  readonly label: string;
  /** By epoch; null where there is no value. */
  readonly values: readonly (number | null)[];
  /** Epoch, from 1, whose weights are the best. */
  readonly best: number;
}
export interface Chart {
  readonly id: string;
  readonly title: string;
  /** Charts with the same one have the same axis. */
  readonly scale: string;
  readonly lines: readonly Line[];
}
/** Runs that differ in their seed only: a colour for the network, a dashed line for the plain run. */
export interface Group { readonly label: string; readonly colour: number; readonly dashed: boolean }
export interface Charts { readonly epochs: number; readonly groups: readonly Group[]; readonly charts: readonly Chart[] }

const titles: Readonly<Record<string, readonly [title: string, scale: string]>> = {
  loss: ['Training loss', 'loss'], validationLoss: ['Validation loss', 'loss'],
  accuracy: ['Training accuracy', 'accuracy'], validationAccuracy: ['Validation accuracy', 'accuracy'],
  learningRate: ['Learning rate', 'learningRate'], gradNorm: ['Gradient norm', 'gradNorm'],
};
/** Not worth a chart. */
const left = ['seconds'];

const groupLabel = ({ outcome }: RunRecord): string => `${outcome.model} ${outcome.run}`;
export const runLabel = (record: RunRecord): string => `${groupLabel(record)}, seed ${record.outcome.seed}`;

/** Of the weights that were kept; else the epoch of the least validation loss, or the last. From 1. */
export function bestEpoch({ kept, history }: RunRecord): number {
  if (kept) return kept.epoch + 1;
  let best = { epoch: history.at(-1)?.epoch ?? 0, loss: Infinity };
  for (const { epoch, values } of history) {
    const loss = values['validationLoss'];
    if (loss !== undefined && loss < best.loss) best = { epoch, loss };
  }
  return best.epoch + 1;
}

export function chartsOf(records: readonly RunRecord[]): Charts {
  const labels = [...new Set(records.map(groupLabel))];
  const models = [...new Set(records.map(({ outcome }) => outcome.model))];
  const groups = labels.map((label): Group => {
    const outcome = records.find((r) => groupLabel(r) === label)?.outcome;
    return { label, colour: models.indexOf(outcome?.model ?? ''), dashed: outcome?.run === 'plain' };
  });
  const epochs = Math.max(0, ...records.flatMap(({ history }) => history.map(({ epoch }) => epoch + 1)));
  const logged = records.map(seriesOf);
  const ids = [...new Set(logged.flatMap((series) => [...series.keys()]))];
  const shown = [...Object.keys(titles).filter((id) => ids.includes(id)), ...ids.filter((id) => !(id in titles) && !left.includes(id)).sort()];
  return {
    epochs, groups,
    charts: shown.map((id) => {
      const [title, scale] = titles[id] ?? [id.replace(/^(.*)\/gradNorm$/, 'Gradient norm, $1'), id];
      const lines = records.flatMap((record, i): Line[] => {
        const key = logged[i]?.get(id);
        const values = key === undefined ? [] : valuesOf(record, key, epochs);
        return values.some((v) => v !== null) ? [{ group: labels.indexOf(groupLabel(record)), label: runLabel(record), values, best: bestEpoch(record) }] : [];
      });
      return { id, title, scale, lines };
    }),
  };
}

/** What a run logged, by the chart it belongs to. The norm of the gradients goes by one name, whichever plugin logged it. */
function seriesOf({ history }: RunRecord): ReadonlyMap<string, string> {
  const keys = new Set(history.flatMap(({ values }) => Object.keys(values)));
  const norm = gradNormKeys.find((key) => keys.has(key));
  return new Map([...keys].map((key) => [key === norm ? 'gradNorm' : key, key]));
}

/** The last row of each epoch that has the value, to six digits. */
function valuesOf({ history }: RunRecord, key: string, epochs: number): readonly (number | null)[] {
  const values = new Array<number | null>(epochs).fill(null);
  for (const row of history) {
    const value = row.values[key];
    if (value !== undefined && Number.isFinite(value)) values[row.epoch] = Number(value.toPrecision(6));
  }
  return values;
}
