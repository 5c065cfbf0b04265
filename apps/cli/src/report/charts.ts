/** The charts of a report as data: one line for each run, over epochs. */
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
  learningRate: ['Learning rate', 'learningRate'],
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
  const logged = [...new Set(records.flatMap(({ history }) => history.flatMap(({ values }) => Object.keys(values))))];
  const keys = [...Object.keys(titles).filter((key) => logged.includes(key)), ...logged.filter((key) => !(key in titles) && !left.includes(key)).sort()];
  return {
    epochs, groups,
    charts: keys.map((key) => {
      // What a clipping plugin logs goes by its common name.
      const [title, scale] = titles[key] ?? [key.endsWith('/gradNorm') ? 'Gradient norm' : key, key];
      const lines = records.flatMap((record): Line[] => {
        const values = valuesOf(record, key, epochs);
        return values.some((v) => v !== null) ? [{ group: labels.indexOf(groupLabel(record)), label: runLabel(record), values, best: bestEpoch(record) }] : [];
      });
      return { id: key, title, scale, lines };
    }),
  };
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
