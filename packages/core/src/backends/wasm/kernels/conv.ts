/** Convolution and its gradients as matrix products over rows made on the fly; see assembly/conv.ts for the memory they use. */
import type { ConvAttrs } from '../../../kernels/structured';
import type { TensorRef } from '../../executor';
import { ceilDiv, extent, type HostKernel, input, type Machine, output } from '../machine';
import { fillWith } from './copy';
import { reduceInto } from './reduce';

// As in assembly/conv.ts and assembly/image.ts.
const PANEL_FLOATS = (3 << 18) / 4, ROW_FLOATS = (1 << 18) / 4;
const GEOMETRY = 32;
const KC = 256;
const MOST_COLUMNS = 256;
const NANOSECONDS_A_FLOP = 1 / 25;
/** Chunks of a weight gradient, by which images are split where there are too few other chunks; their results are summed. */
const WEIGHT_CHUNKS = 16;
const PARTIAL_FLOATS = 4 * 1024 * 1024;

interface Geometry {
  readonly images: number;
  readonly groups: number;
  /** Channels and outputs of one group. */
  readonly channels: number;
  readonly outputs: number;
  readonly taps: number;
  readonly positions: number;
  /** Rows of the matrix of a group. */
  readonly k: number;
  readonly flops: number;
}

/** Writes the geometry of x * weight = y and gives its sizes. */
function describe(machine: Machine, x: TensorRef, weight: TensorRef, y: TensorRef, attrs: ConvAttrs): Geometry {
  const { words } = machine;
  const triples = [x.shape.slice(2), weight.shape.slice(2), y.shape.slice(2), attrs.stride, attrs.padding, attrs.dilation];
  triples.forEach((triple, t) => triple.forEach((value, axis) => { words[GEOMETRY + 3 * t + axis] = value; }));
  const { groups } = attrs;
  const images = x.shape[0]!;
  const channels = x.shape[1]! / groups;
  const outputs = weight.shape[0]! / groups;
  const taps = extent(weight.shape, 2, 5);
  const positions = extent(y.shape, 2, 5);
  return { images, groups, channels, outputs, taps, positions, k: channels * taps, flops: 2 * images * groups * outputs * channels * taps * positions };
}

/** Panels of 4 rows of each group's weight [outputs, K], or of its transpose, for the length of `use`. */
function packWeight(machine: Machine, weight: number, { groups, outputs, k }: Geometry, transposed: boolean, use: (packed: number) => void): void {
  const [m, depth] = transposed ? [k, outputs] : [outputs, k];
  machine.temporary(groups * ceilDiv(m, 4) * 4 * depth * 4, (packed) => {
    const perChunk = Math.max(1, Math.floor(2048 / depth));
    // The parameters of packATask, in the order of assembly/gemm.ts.
    machine.set(weight, 0, 0, 0, m, 0, depth, k, 0, 0, Number(transposed), 0, packed, 0, perChunk, 0, 0, outputs * k, 0, 0, groups, 0);
    machine.launch('packA', ceilDiv(groups * ceilDiv(m, 4), perChunk), groups * m * depth * 0.3);
    use(packed);
  });
}

export const conv: HostKernel = (machine, command) => {
  const [x, weight, y] = [input(command, 0), input(command, 1), output(command, 0)];
  if (y.size === 0) return;
  const g = describe(machine, x, weight, y, command.attrs as unknown as ConvAttrs);
  if (g.k === 0) {
    fillWith(machine, machine.pointer(y), 0, y.size);
    return;
  }
  packWeight(machine, machine.pointer(weight), g, false, (packed) => {
    const slab = Math.min(Math.ceil(g.k / KC) * KC, Math.floor(PANEL_FLOATS / 8 / KC) * KC);
    const columns = columnsFor(g.positions, Math.min(slab, g.k));
    machine.set(machine.pointer(x), packed, machine.pointer(y), g.images, g.groups, g.channels, g.outputs, columns, slab);
    machine.launch('conv', g.images * g.groups * ceilDiv(g.positions, columns), g.flops * NANOSECONDS_A_FLOP);
  });
};

/** Positions a chunk: as many as leave their panels below the cap, in even shares. */
function columnsFor(positions: number, depth: number): number {
  const most = Math.min(MOST_COLUMNS, Math.floor(PANEL_FLOATS / depth / 8) * 8);
  return Math.ceil(positions / ceilDiv(positions, most) / 8) * 8;
}

export const convInputGrad: HostKernel = (machine, command) => {
  const [dy, weight, dx] = [input(command, 0), input(command, 1), output(command, 0)];
  if (dx.size === 0) return;
  const g = describe(machine, dx, weight, dy, command.attrs as unknown as ConvAttrs);
  if (g.outputs * g.positions === 0) {
    fillWith(machine, machine.pointer(dx), 0, dx.size);
    return;
  }
  packWeight(machine, machine.pointer(weight), g, true, (packed) => {
    // Chunks of channels start where a panel of 4 rows does.
    const some = g.channels * g.taps <= 512 ? g.channels : Math.max(4, Math.floor(256 / g.taps / 4) * 4);
    const columns = Math.min(columnsFor(g.positions, g.outputs), Math.max(8, Math.floor(ROW_FLOATS / (some * g.taps) / 8) * 8));
    machine.set(machine.pointer(dx), packed, machine.pointer(dy), g.images, g.groups, g.channels, g.outputs, columns, some);
    machine.launch('convInputGrad', g.images * g.groups * ceilDiv(g.channels, some), g.flops * NANOSECONDS_A_FLOP);
  });
};

export const convWeightGrad: HostKernel = (machine, command) => {
  const [x, dy, dw] = [input(command, 0), input(command, 1), output(command, 0)];
  if (dw.size === 0) return;
  const g = describe(machine, x, dw, dy, command.attrs as unknown as ConvAttrs);
  const taps = Math.min(g.k, 144), outputs = Math.min(g.outputs, 64);
  const tiles = g.groups * ceilDiv(g.k, taps) * ceilDiv(g.outputs, outputs);
  const wanted = Math.min(ceilDiv(WEIGHT_CHUNKS, tiles), Math.max(1, Math.floor(PARTIAL_FLOATS / dw.size)), Math.max(1, g.images));
  const perPart = Math.max(1, ceilDiv(g.images, wanted));
  const parts = Math.max(1, ceilDiv(g.images, perPart));
  const run = (target: number): void => {
    machine.set(machine.pointer(x), target, machine.pointer(dy), g.images, g.groups, g.channels, g.outputs, taps, outputs, perPart);
    machine.launch('convWeightGrad', parts * tiles, g.flops * NANOSECONDS_A_FLOP);
  };
  if (parts === 1) {
    run(machine.pointer(dw));
    return;
  }
  machine.temporary(parts * dw.size * 4, (partial) => {
    run(partial);
    reduceInto(machine, partial, machine.pointer(dw), 1, parts, dw.size, 0);
  });
};
