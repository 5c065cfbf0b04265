/**
 * Convolution and its adjoints in WGSL without workgroup memory, straight from the definition: a thread makes 4 or 8 channels at four places of one
 * line in its registers. Nothing but the place of a thread is divided, and the adjoint of a strided convolution skips the cells that take
 * no part, which a tiled product multiplies by 0.
 */
import type { ProgramCall, WgslVariant } from '../program';
import { rowsOf, threadMain } from './registers';

const axes = ['D', 'H', 'W'] as const;
const lanes = 'vec4<i32>(0, 1, 2, 3)';
const volume = (letter: string): string => axes.map((axis) => `call.${letter}${axis}`).join(' * ');
const gathered = (from: string, at: (lane: number) => string, inside: string): string =>
  `select(vec4<f32>(), vec4<f32>(${[0, 1, 2, 3].map((l) => `${from}[${at(l)}]`).join(', ')}), ${inside})`;

/** A call's threads: `units` make one row of channels. */
const threads = (rows: number, matrices: number, m: number, units: number): number => matrices * Math.ceil(m / rows) * units;

/** The line and image of a thread whose four places are `step` apart, from `first` on; `is` tells which of them there are. */
const placeOn = (letter: string, step: string): string => `
  let perLine = ${unitsOfLine(letter, step)};
  var line = unit / perLine;
  let inLine = unit - line * perLine;
  let first = inLine / ${step} * 4 * ${step} + inLine % ${step};
  let place${letter} = vec4<i32>(first) + ${lanes} * ${step};
  let is = place${letter} < vec4<i32>(call.${letter}W);
  let atH = line % call.${letter}H;
  line = line / call.${letter}H;
  let atD = line % call.${letter}D;
  let image = line / call.${letter}D;`;

const unitsOfLine = (letter: string, step: string): string => `((call.${letter}W + 4 * ${step} - 1) / (4 * ${step}) * ${step})`;
const unitsOf = (letter: string, step: string): string => `(call.batch * call.${letter}D * call.${letter}H * ${unitsOfLine(letter, step)})`;

/** Writes a thread's channels at its places: [images, channels, places]. */
const store = (rows: number, m: string, letter: string, step: string): string => `
  let places = ${volume(letter)};
  ${rowsOf(rows).map((r) => `if (row + ${r} < ${m}) {
    let at = (image * call.n1 + matrix * ${m} + row + ${r}) * places + (atD * call.${letter}H + atH) * call.${letter}W + first;
    for (var c = 0; c < 4; c++) { if (is[c]) { result[at + c * ${step}] = sum${r}[c]; } }
  }`).join('\n  ')}`;

/** Of the ints that all three kernels end with: sizes of the input, kernel and output, then stride, padding, dilation. */
const spatialFrom = (ints: readonly number[], at: number): { x: number[]; y: number[]; stride: number[] } =>
  ({ x: ints.slice(at, at + 3), y: ints.slice(at + 6, at + 9), stride: ints.slice(at + 9, at + 12) });

const lineThreads = (rows: number, m: 'outputs' | 'perGroup') => ({ ints = [] }: ProgramCall): number => {
  // After n1 … n4: batch, then two of channels or groups, then two of outputs.
  const [channels = 0, , , , batch = 0] = ints;
  const { x: inputs, y, stride: [, , strideW = 1] } = spatialFrom(ints, 8);
  const [size, step] = m === 'outputs' ? [y, 1] : [inputs, strideW];
  const [d = 0, h = 0, w = 0] = size;
  const perGroup = (m === 'outputs' ? ints[7] : ints[5]) ?? 1;
  return threads(rows, channels / perGroup, perGroup, batch * d * h * Math.ceil(w / (4 * step)) * step);
};

/** For each group: x -> y, a thread at four neighbours of a line of y. */
export const convRegisters = (rows: number): WgslVariant => ({
  counted: 'threads', count: lineThreads(rows, 'outputs'),
  source: threadMain({
    rows, m: 'call.outputs', units: unitsOf('y', '1'),
    body: `${placeOn('y', '1')}
  let startW = placey * call.sW - call.pW;
  let startH = atH * call.sH - call.pH;
  let startD = atD * call.sD - call.pD;
  let size = call.perGroup * ${volume('k')};
  let weights = call.weight_o + (matrix * call.outputs + row) * size;
  var k = weights;
  for (var c = 0; c < call.perGroup; c++) {
    for (var kD = 0; kD < call.kD; kD++) {
      let xD = startD + kD * call.dD;
      if (xD < 0 || xD >= call.xD) { k += call.kH * call.kW; continue; }
      for (var kH = 0; kH < call.kH; kH++) {
        let xH = startH + kH * call.dH;
        if (xH < 0 || xH >= call.xH) { k += call.kW; continue; }
        let line = call.x_o + (((image * call.channels + matrix * call.perGroup + c) * call.xD + xD) * call.xH + xH) * call.xW;
        for (var kW = 0; kW < call.kW; kW++) {
          let xW = startW + kW * call.dW;
          let b = ${gathered('x', (l) => `line + xW[${l}]`, '(xW >= vec4<i32>()) & (xW < vec4<i32>(call.xW))')};
          ${rowsOf(rows).map((r) => `sum${r} += weight[k + ${r} * size] * b;`).join(' ')}
          k++;
        }
      }
    }
  }
  ${store(rows, 'call.outputs', 'y', '1')}`,
  }),
});

/** For each group: dy -> dx, a thread at four places of a line of dx that are a stride apart, so that the same cells reach them. */
export const convInputGradRegisters = (rows: number): WgslVariant => ({
  counted: 'threads', count: lineThreads(rows, 'perGroup'),
  source: threadMain({
    rows, m: 'call.perGroup', units: unitsOf('x', 'call.sW'),
    body: `${placeOn('x', 'call.sW')}
  let cells = ${volume('k')};
  let plane = ${volume('y')};
  let weights = call.weight_o + (matrix * call.outputs * call.perGroup + row) * cells;
  for (var kD = 0; kD < call.kD; kD++) {
    let tD = atD + call.pD - kD * call.dD;
    let yD = tD / call.sD;
    if (tD < 0 || yD * call.sD != tD || yD >= call.yD) { continue; }
    for (var kH = 0; kH < call.kH; kH++) {
      let tH = atH + call.pH - kH * call.dH;
      let yH = tH / call.sH;
      if (tH < 0 || yH * call.sH != tH || yH >= call.yH) { continue; }
      for (var kW = 0; kW < call.kW; kW++) {
        let tW = first + call.pW - kW * call.dW;
        let nearest = tW / call.sW;
        if (nearest * call.sW != tW) { continue; }
        let yW = vec4<i32>(nearest) + ${lanes};
        let inside = (yW >= vec4<i32>()) & (yW < vec4<i32>(call.yW));
        var at = call.dy_o + (((image * call.allOutputs + matrix * call.outputs) * call.yD + yD) * call.yH + yH) * call.yW + nearest;
        var k = weights + (kD * call.kH + kH) * call.kW + kW;
        for (var o = 0; o < call.outputs; o++) {
          let b = ${gathered('dy', (l) => `at + ${l}`, 'inside')};
          ${rowsOf(rows).map((r) => `sum${r} += weight[k + ${r} * cells] * b;`).join(' ')}
          at += plane;
          k += call.perGroup * cells;
        }
      }
    }
  }
  ${store(rows, 'call.perGroup', 'x', 'call.sW')}`,
  }),
});

/** For each part of the batch and each group: x, dy -> the weight's gradient, a thread at four cells. */
export const convWeightGradRegisters = (rows: number): WgslVariant => ({
  counted: 'threads',
  // n1 … n5 are the weight's sizes but for the first, then batch, images, channels, outputs.
  count: ({ ints: [, perGroup = 0, kD = 0, kH = 0, kW = 0, , , , outputs = 1] = [], output: { size } }) => {
    const n = perGroup * kD * kH * kW;
    return threads(rows, size / (outputs * n), outputs, Math.ceil(n / 4));
  },
  source: threadMain({
    rows, m: 'call.outputs', units: `((call.n2 * ${volume('k')} + 3) / 4)`,
    body: `
  let among = call.n1 / call.outputs;
  let part = matrix / among;
  let group = matrix - part * among;
  let n = call.n2 * ${volume('k')};
  let column = unit * 4;
  let cell = vec4<i32>(column) + ${lanes};
  let w = cell / call.kW;
  let h = w / call.kH;
  let d = h / call.kD;
  let cellW = (cell - w * call.kW) * call.dW - call.pW;
  let cellH = (w - h * call.kH) * call.dH - call.pH;
  let cellD = (h - d * call.kD) * call.dD - call.pD;
  let plane = ${volume('y')};
  let end = min((part + 1) * call.images, call.batch);
  for (var image = part * call.images; image < end; image++) {
    var at = call.dy_o + (image * call.n1 + group * call.outputs + row) * plane;
    let channel = image * call.channels + group * call.n2 + d;
    for (var yD = 0; yD < call.yD; yD++) {
      let xD = cellD + yD * call.sD;
      let insideD = (xD >= vec4<i32>()) & (xD < vec4<i32>(call.xD));
      for (var yH = 0; yH < call.yH; yH++) {
        let xH = cellH + yH * call.sH;
        let insideH = insideD & (xH >= vec4<i32>()) & (xH < vec4<i32>(call.xH));
        let line = call.x_o + ((channel * call.xD + xD) * call.xH + xH) * call.xW;
        var xW = cellW;
        for (var yW = 0; yW < call.yW; yW++) {
          let here = line + xW;
          let b = ${gathered('x', (l) => `here[${l}]`, 'insideH & (xW >= vec4<i32>()) & (xW < vec4<i32>(call.xW))')};
          ${rowsOf(rows).map((r) => `sum${r} += dy[at + ${r} * plane] * b;`).join(' ')}
          xW += call.sW;
          at++;
        }
      }
    }
  }
  ${rowsOf(rows).map((r) => `if (row + ${r} < call.outputs) {
    for (var c = 0; c < min(4, n - column); c++) { result[(part * call.n1 + group * call.outputs + row + ${r}) * n + column + c] = sum${r}[c]; }
  }`).join('\n  ')}`,
  }),
});
