// Convolution and its gradients as products with the rows of image.ts, packed straight into panels in this thread's scratch.
// At most PANEL_BYTES of them exist at a time.
import { address, arg, scratch, SCRATCH_SMALL } from './abi';
import { ceilDiv, KC, multiplyBlock, multiplyPanels } from './gemm';
import { addImageRow, imageRow, INPUT, KERNEL, OUTPUT } from './image';
import { packColumns, packRows } from './pack';

const PANEL_BYTES: usize = 3 << 18;
// [panels | 256 KiB of rows]
// @ts-ignore: decorator
@inline function panels(): usize { return scratch + SCRATCH_SMALL; }
// @ts-ignore: decorator
@inline function rows(): usize { return scratch + SCRATCH_SMALL + PANEL_BYTES; }
// @ts-ignore: decorator
@inline function at(base: usize, element: i32): usize { return base + (<usize>element << 2); }
// @ts-ignore: decorator
@inline function volume(triple: i32): i32 { return arg(triple) * arg(triple + 1) * arg(triple + 2); }

// Parameters: [x, packed weight, y, images, groups, channels and outputs of a group, columns a chunk, K a slab].
const X = 0, WEIGHT = 1, Y = 2, IMAGES = 3, GROUPS = 4, CHANNELS = 5, OUTPUTS = 6, COLUMNS = 7, SLAB = 8;

/** y of one image, one group and a run of positions: weight [outputs, K] times rows [K, positions]. */
export function convTask(chunk: i32): void {
  const channels = arg(CHANNELS), outputs = arg(OUTPUTS), groups = arg(GROUPS);
  const taps = volume(KERNEL), plane = volume(INPUT), positions = volume(OUTPUT);
  const k = channels * taps;
  const runs = ceilDiv(positions, arg(COLUMNS));
  const job = chunk / runs;
  const image = job / groups, group = job % groups;
  const column = (chunk % runs) * arg(COLUMNS);
  const count = min(arg(COLUMNS), positions - column);
  const x = at(address(X), (image * groups + group) * channels * plane);
  const y = at(address(Y), (image * groups + group) * outputs * positions + column);
  const outputsPadded = ceilDiv(outputs, 4) * 4;
  const weight = at(address(WEIGHT), group * outputsPadded * k);
  for (let k0 = 0; k0 < k; k0 += arg(SLAB)) {
    const slab = min(arg(SLAB), k - k0);
    packImage(x, plane, taps, k0, slab, column, count);
    multiplyPanels(at(weight, k0 * outputsPadded), panels(), y, positions, outputs, count, slab, 0, outputs, 0, count, 0, k0 > 0);
  }
}

/** Rows [k0, k0 + slab) at `count` positions as panels of 8 columns, in the order of multiplyPanels. What fills up the last is never stored. */
function packImage(x: usize, plane: i32, taps: i32, k0: i32, slab: i32, column: i32, count: i32): void {
  const columnsPadded = ceilDiv(count, 8) * 8;
  const row = rows();
  for (let b = 0; b < slab; b += KC) {
    const kc = min(KC, slab - b);
    for (let p = 0; p < kc; p++) {
      const k = k0 + b + p;
      imageRow(at(x, (k / taps) * plane), k % taps, column, count, row);
      let to = at(panels(), b * columnsPadded + p * 8);
      for (let j = 0; j < count; j += 8) {
        v128.store(to, v128.load(at(row, j)));
        v128.store(to, v128.load(at(row, j + 4)), 16);
        to += <usize>kc << 5;
      }
    }
  }
}

// Parameters of the input's gradient: [dx, packed transposed weight, dy, images, groups, channels and outputs of a group,
// columns a run, channels a chunk].
const CHANNELS_A_CHUNK = 8;

/** dx of some channels of one image: transposed weight [taps of channels, outputs] times dy, added back row by row. */
export function convInputGradTask(chunk: i32): void {
  const channels = arg(CHANNELS), outputs = arg(OUTPUTS), groups = arg(GROUPS), some = arg(CHANNELS_A_CHUNK);
  const taps = volume(KERNEL), plane = volume(INPUT), positions = volume(OUTPUT);
  const parts = ceilDiv(channels, some);
  const job = chunk / parts;
  const image = job / groups, group = job % groups;
  const c0 = (chunk % parts) * some;
  const count = min(some, channels - c0);
  const k = channels * taps;
  const dx = at(address(X), ((image * groups + group) * channels + c0) * plane);
  const dy = at(address(Y), (image * groups + group) * outputs * positions);
  const weight = at(address(WEIGHT), group * ceilDiv(k, 4) * 4 * outputs);
  memory.fill(dx, 0, <usize>(count * plane) << 2);
  for (let column = 0; column < positions; column += arg(COLUMNS)) {
    const width = min(arg(COLUMNS), positions - column);
    packMatrix(at(dy, column), positions, outputs, width);
    // Rows of the whole weight are counted, so that panels and blocks along K are found.
    const target = rows() - (<usize>(c0 * taps * width) << 2);
    multiplyPanels(weight, panels(), target, width, k, width, outputs, c0 * taps, (c0 + count) * taps, 0, width, 0, false);
    for (let r = 0; r < count * taps; r++) addImageRow(at(dx, (r / taps) * plane), r % taps, column, width, at(rows(), r * width));
  }
}

/** A matrix [k, count] as panels of 8 columns. */
function packMatrix(from: usize, ld: i32, k: i32, count: i32): void {
  const columnsPadded = ceilDiv(count, 8) * 8;
  for (let k0 = 0; k0 < k; k0 += KC) {
    const kc = min(KC, k - k0);
    for (let j = 0; j < count; j += 8) {
      packColumns(at(from, k0 * ld + j), ld, min(8, count - j), 8, kc, at(panels(), k0 * columnsPadded + j * kc));
    }
  }
}

// Parameters of the weight's gradient: [x, partial dweights, dy, images, groups, channels and outputs of a group, taps of
// channels a chunk, outputs a chunk, images a chunk].
const TAPS_A_CHUNK = 7, OUTPUTS_A_CHUNK = 8, IMAGES_A_CHUNK = 9;

/** Part of dweight over some images: dy [outputs, positions] times rows^T [positions, taps]. */
export function convWeightGradTask(chunk: i32): void {
  const channels = arg(CHANNELS), outputs = arg(OUTPUTS), groups = arg(GROUPS);
  const taps = volume(KERNEL), plane = volume(INPUT), positions = volume(OUTPUT);
  const k = channels * taps;
  const tapRuns = ceilDiv(k, arg(TAPS_A_CHUNK)), outputRuns = ceilDiv(outputs, arg(OUTPUTS_A_CHUNK));
  const t0 = (chunk % tapRuns) * arg(TAPS_A_CHUNK);
  let job = chunk / tapRuns;
  const o0 = (job % outputRuns) * arg(OUTPUTS_A_CHUNK);
  job /= outputRuns;
  const group = job % groups, part = job / groups;
  const tapCount = min(arg(TAPS_A_CHUNK), k - t0), outputCount = min(arg(OUTPUTS_A_CHUNK), outputs - o0);
  const packedA = panels();
  const packedB = at(packedA, ceilDiv(outputCount, 4) * 4 * KC);
  const y = at(address(WEIGHT), ((part * groups + group) * outputs + o0) * k + t0);
  const lastImage = min(arg(IMAGES), (part + 1) * arg(IMAGES_A_CHUNK));
  let filled = 0;
  let keeps = false;
  // Positions of all images run on along K; a full block is multiplied and added.
  for (let image = part * arg(IMAGES_A_CHUNK); image < lastImage; image++) {
    const x = at(address(X), (image * groups + group) * channels * plane);
    const dy = at(address(Y), ((image * groups + group) * outputs + o0) * positions);
    for (let column = 0; column < positions;) {
      const count = min(KC - filled, positions - column);
      for (let o = 0; o < outputCount; o += 4) packRows(at(dy, o * positions + column), positions, min(4, outputCount - o), 4, count, at(packedA, o * KC + filled * 4));
      packTaps(x, plane, taps, t0, tapCount, column, count, at(packedB, filled * 8));
      filled += count;
      column += count;
      if (filled < KC) continue;
      multiplyBlock(packedA, packedB, y, k, KC, KC, outputCount, tapCount, 0, keeps);
      keeps = true;
      filled = 0;
    }
  }
  if (filled > 0 || !keeps) multiplyBlock(packedA, packedB, y, k, filled, KC, outputCount, tapCount, 0, keeps);
}

/** Rows of `tapCount` taps at `count` positions, transposed into panels of 8 taps that stand KC steps apart. */
function packTaps(x: usize, plane: i32, taps: i32, t0: i32, tapCount: i32, column: i32, count: i32, to: usize): void {
  const spacing = KC + 8;
  for (let t = 0; t < tapCount; t += 8) {
    const some = min(8, tapCount - t);
    for (let r = 0; r < some; r++) {
      const tap = t0 + t + r;
      imageRow(at(x, (tap / taps) * plane), tap % taps, column, count, at(rows(), r * spacing));
    }
    packRows(rows(), spacing, some, 8, count, at(to, t * KC));
  }
}
