/** Reliability diagrams as pictures. */
import { checkNumber, checkOptions } from '@parsimony/core';
import type { Reliability } from './reliability';

export interface ReliabilitySvgOptions {
  /** Above the diagram. Default 'Reliability'. */
  readonly title?: string;
  /** Of the square, in pixels, 100 or more. Default 280. */
  readonly size?: number;
}

/**
 * Bars of accuracy over confidence, their gap to the diagonal, and below them the share of answers in each bin: an SVG on its own,
 * in the colours of the reader's system.
 *
 * @throws option: an unknown option or one out of range.
 * @see Guo et al., "On Calibration of Modern Neural Networks", arXiv:1706.04599, figure 1.
 * @example
 * ```ts
 * import { reliabilityOf, reliabilitySvg } from '@parsimony/label-smoothing';
 * const diagram = reliabilityOf([{ confidence: 0.9, right: true }, { confidence: 0.8, right: false }]);
 * reliabilitySvg(diagram, { title: 'Two answers' }).startsWith('<svg'); // => true
 * reliabilitySvg(diagram, { size: 10 }); // throws reliabilitySvg: `size` must be in [100, inf), received 10.
 * ```
 */
export function reliabilitySvg({ bins, count, expectedCalibrationError }: Reliability, options: ReliabilitySvgOptions = {}): string {
  checkOptions('reliabilitySvg', options, ['title', 'size']);
  const size = checkNumber('reliabilitySvg', 'size', options.size ?? 280, { min: 100 });
  const title = options.title ?? 'Reliability';
  const below = size / 4;
  const [left, top] = [52, 48];
  const [width, height] = [left + size + 16, top + size + below + 62];
  const at = (x: number, y: number, w: number, h: number, kind: string): string => `<rect class="${kind}" x="${fixed(x)}" y="${fixed(y)}" width="${fixed(w)}" height="${fixed(h)}"/>`;
  const bars = bins.flatMap(({ low, high, count: n, confidence, accuracy }) => {
    if (confidence === null || accuracy === null) return [];
    const [x, w] = [low * size + 0.5, (high - low) * size - 1];
    const [upper, lower] = [Math.max(confidence, accuracy), Math.min(confidence, accuracy)];
    return [
      at(x, (1 - accuracy) * size, w, accuracy * size, 'bar'), at(x, (1 - upper) * size, w, (upper - lower) * size, 'gap'),
      at(x, size + 12 + below * (1 - n / count), w, (below * n) / count, 'bar'),
    ];
  });
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${fixed(width)} ${fixed(height)}" width="${fixed(width)}" height="${fixed(height)}" role="img" aria-label="${escape(title)}">
<style>
  text { font: 12px system-ui, sans-serif; fill: #24292f } .title { font-size: 14px; font-weight: 600 } .small { fill: #57606a } .back { fill: #ffffff }
  .bar { fill: #2f81f7 } .gap { fill: #d1435b; opacity: .45 } .line { stroke: #6e7781; stroke-dasharray: 5 4; fill: none } .frame { stroke: #d8dee4; fill: none }
  @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .small { fill: #9198a1 } .back { fill: #0d1117 } .frame { stroke: #30363d } }
</style>
<rect class="back" width="${fixed(width)}" height="${fixed(height)}"/>
<text class="title" x="${left}" y="20">${escape(title)}</text>
<text class="small" x="${left}" y="38">calibration error ${(100 * expectedCalibrationError).toFixed(2)} % of ${count.toLocaleString('en')} answers</text>
<g transform="translate(${left} ${top})">
<rect class="frame" width="${fixed(size)}" height="${fixed(size)}"/><rect class="frame" y="${fixed(size + 12)}" width="${fixed(size)}" height="${fixed(below)}"/>
${bars.join('\n')}
<path class="line" d="M0 ${fixed(size)}L${fixed(size)} 0"/>
${ticks.map((tick) => `<text class="small" x="-8" y="${fixed((1 - tick) * size + 4)}" text-anchor="end">${tick}</text><text class="small" x="${fixed(tick * size)}" y="${fixed(size + below + 28)}" text-anchor="middle">${tick}</text>`).join('\n')}
<text class="small" x="${fixed(size / 2)}" y="${fixed(size + below + 46)}" text-anchor="middle">confidence</text>
<text class="small" x="-38" y="${fixed(size / 2)}" text-anchor="middle" transform="rotate(-90 -38 ${fixed(size / 2)})">accuracy</text>
<text class="small" x="-38" y="${fixed(size + 12 + below / 2)}" text-anchor="middle" transform="rotate(-90 -38 ${fixed(size + 12 + below / 2)})">share</text>
</g>
</svg>
`;
}

const fixed = (v: number): string => String(Number(v.toFixed(2)));
const escape = (s: string): string => s.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
