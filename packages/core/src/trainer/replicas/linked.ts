/** A replica among others, over shared memory. */
import { collectiveOf, elements, sumOver } from '../../collective/collective';
import type { Exchange, Rendezvous } from '../../collective/rendezvous';
import { fromJson, toJson } from '../../checkpoint/json';
import { currentExecutor } from '../../backends/registry';
import { isTensor } from '../../tensor/find';
import { upload } from '../../tensor/create';
import type { DType } from '../../tensor/dtype';
import { keep } from '../../tensor/scope';
import { type Shape, sizeOf } from '../../tensor/shape';
import type { Tensor } from '../../tensor/tensor';
import type { Batch, Json, Weights } from '../../types';
import type { Replica } from './replica';
import { sharedResume } from './resume';
import { bits, packText, unpackText } from './words';

export function linkedReplica(meeting: Rendezvous): Replica {
  const { rank, size } = meeting;
  return {
    rank, size, collective: collectiveOf(meeting),
    begin: (model) => { shareState(meeting, model.slots()); },
    resumed: (open) => sharedResume(meeting, open),
    sum: (kind, tensors) => sumOver(meeting, kind, tensors),
    buffers: (tensors) => tree(meeting, 'buffers', tensors),
    asked: (make) => meeting.asked(rank === 0 && make()),
    told: async <T>(make: () => Promise<T>): Promise<T> => {
      const words = rank === 0 ? packText(JSON.stringify(toJson('message', await make()))) : undefined;
      return fromJson(JSON.parse(unpackText(meeting.fromFirst('message', words))) as Json) as T;
    },
    share: (load) => sharedBatch(meeting, load),
    agree: (weights) => { meeting.meet('weights', checksum(weights)); },
    end: () => { meeting.meet('end'); },
    fail: (error) => { meeting.fail(error); },
  };
}

/** The tensors of replica 0 in a value of records and lists, to all; a tensor that stands twice is sent once. */
function tree<T>(meeting: Rendezvous, kind: Exchange, value: T): T {
  const tensors: Tensor[] = [];
  const outline = meeting.rank === 0 ? JSON.stringify(outlineOf(value, tensors)) : undefined;
  const shape = JSON.parse(unpackText(meeting.fromFirst(kind, outline === undefined ? undefined : packText(outline)))) as Outline;
  const specs: Spec[] = [];
  collectSpecs(shape, specs);
  const total = specs.reduce((n, spec) => n + sizeOf(spec.shape), 0);
  const words = new Int32Array(meeting.rank === 0 ? total : 0);
  let at = 0;
  for (const x of tensors) {
    words.set(bits(elements(x)), at);
    at += x.size;
  }
  const received = meeting.fromFirst(kind, meeting.rank === 0 ? words : undefined);
  if (meeting.rank === 0) return value;
  at = 0;
  const made = specs.map(({ dtype, shape: own }) => {
    const part = received.subarray(at, at + sizeOf(own));
    at += part.length;
    return upload(currentExecutor(), dtype === 'float32' ? new Float32Array(part.buffer, part.byteOffset, part.length) : part, own, dtype);
  });
  return rebuild(shape, made) as T;
}

interface Spec { readonly index: number; readonly shape: Shape; readonly dtype: DType }
type Outline = { readonly tensor: Spec } | { readonly again: number } | { readonly list: readonly Outline[] } | { readonly record: Readonly<Record<string, Outline>> } | { readonly plain: Json };

function outlineOf(value: unknown, tensors: Tensor[]): Outline {
  if (isTensor(value)) {
    const before = tensors.indexOf(value);
    if (before >= 0) return { again: before };
    tensors.push(value);
    return { tensor: { index: tensors.length - 1, shape: value.shape, dtype: value.dtype } };
  }
  if (Array.isArray(value)) return { list: value.map((item) => outlineOf(item, tensors)) };
  if (typeof value === 'object' && value !== null) return { record: Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined).map(([name, item]) => [name, outlineOf(item, tensors)])) };
  return { plain: toJson('data', value ?? null) };
}

function collectSpecs(outline: Outline, out: Spec[]): void {
  if ('tensor' in outline) out.push(outline.tensor);
  else if ('list' in outline) for (const item of outline.list) collectSpecs(item, out);
  else if ('record' in outline) for (const item of Object.values(outline.record)) collectSpecs(item, out);
}

function rebuild(outline: Outline, tensors: readonly Tensor[]): unknown {
  if ('tensor' in outline) return tensors[outline.tensor.index];
  if ('again' in outline) return tensors[outline.again];
  if ('list' in outline) return outline.list.map((item) => rebuild(item, tensors));
  if ('record' in outline) return Object.fromEntries(Object.entries(outline.record).map(([name, item]) => [name, rebuild(item, tensors)]));
  return fromJson(outline.plain);
}

/** Replica 0 loads, in turn with the others' asking. */
function sharedBatch(meeting: Rendezvous, load: () => Batch | Promise<Batch>): Batch | Promise<Batch> {
  const send = (batch: Batch | undefined): Batch => tree(meeting, 'data', batch as Batch);
  if (meeting.rank !== 0) return send(undefined);
  const made = load();
  return made instanceof Promise ? made.then(send) : send(made);
}

/** FNV-1a over the bits of all tensors. */
function checksum({ params, buffers }: Weights): number {
  let hash = 0x811c9dc5 | 0;
  for (const x of [...Object.values(params), ...Object.values(buffers)]) {
    for (const word of bits(elements(x))) hash = Math.imul(hash ^ word, 0x01000193);
  }
  return hash;
}

/** Sends what a model holds from replica 0 to the others. */
function shareState(meeting: Rendezvous, slots: ReadonlyMap<string, { get(): Tensor | undefined; put(value: Tensor): void }>): void {
  const values = Object.fromEntries([...slots].flatMap(([path, slot]) => { const value = slot.get(); return value ? [[path, value] as const] : []; }));
  const shared = tree(meeting, 'weights', values);
  if (meeting.rank !== 0) for (const [path, value] of Object.entries(shared)) slots.get(path)?.put(keep(value));
}
