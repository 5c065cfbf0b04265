/** Figures of studies as SVG text: panels of lines beside each other, with whiskers from the smallest to the largest seed. */

/** Where there is no value (a run that did not train), `y` is null and the line has a gap. */
export interface Point { readonly x: number; readonly y: number | null; readonly low?: number; readonly high?: number }

export interface Line {
  /** Lines with the same label have the same colour in every panel, and one entry in the legend. */
  readonly label: string;
  readonly points: readonly Point[];
  readonly dashed?: boolean;
  /** A dot at each point; for few of them. */
  readonly dots?: boolean;
}

export interface Axis {
  readonly label: string;
  readonly scale?: 'linear' | 'log';
  readonly ticks: readonly number[];
  /** Default: the number as it is. */
  readonly format?: (tick: number) => string;
}

/** The first and the last tick are the ends of the axes; what lies outside is cut off. */
export interface Panel { readonly title: string; readonly x: Axis; readonly y: Axis; readonly lines: readonly Line[] }

export interface Figure {
  readonly title: string;
  /** Below the panels: what was trained on what, and what the whiskers are. */
  readonly note: string;
  readonly panels: readonly Panel[];
}

const size = { panel: 300, height: 230, left: 66, right: 14, top: 92, bottom: 96 };
const palette = ['#6e7781', '#2f81f7', '#1a9a6c', '#c77c02', '#d1435b', '#8250df', '#0f8ea3', '#9a6a3a'];

/** @param figure - Up to eight different labels. */
export function drawFigure({ title, note, panels }: Figure): string {
  const labels = [...new Set(panels.flatMap(({ lines }) => lines.map(({ label }) => label)))];
  const step = size.left + size.panel + size.right;
  const width = panels.length * step + 10;
  const words = wrap(note, width);
  const height = size.top + size.height + Math.max(size.bottom, 62 + 17 * words.length);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(title)}">
<style>
  text { font: 12px system-ui, sans-serif; fill: #24292f } .title { font-size: 15px; font-weight: 600 } .panel { font-size: 13px; font-weight: 600 } .small { fill: #57606a }
  .back { fill: #ffffff } .grid { stroke: #d8dee4; stroke-width: 1 } .line { fill: none; stroke-width: 2; stroke-linejoin: round } .spread { fill: none; stroke-width: 1.25; opacity: .6 }
  .dashed { stroke-dasharray: 6 4 }
${palette.map((colour, i) => `  .s${i} { stroke: ${colour} } .f${i} { fill: ${colour} }`).join('\n')}
  @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .small { fill: #9198a1 } .back { fill: #0d1117 } .grid { stroke: #30363d } }
</style>
<rect class="back" width="${width}" height="${height}"/>
<text class="title" x="16" y="28">${escape(title)}</text>
${legend(labels, panels)}
${panels.map((panel, i) => `<g transform="translate(${i * step + size.left} ${size.top})">\n${drawPanel(panel, labels, `cut${i}`)}\n</g>`).join('\n')}
${words.map((line, i) => `<text class="small" x="16" y="${size.top + size.height + 62 + i * 17}">${escape(line)}</text>`).join('\n')}
</svg>
`;
}

function legend(labels: readonly string[], panels: readonly Panel[]): string {
  if (labels.length < 2) return '';
  let x = 16;
  return labels.map((label, i) => {
    const dashed = panels.every(({ lines }) => lines.every((line) => line.label !== label || line.dashed));
    const item = `<path class="line s${i % palette.length}${dashed ? ' dashed' : ''}" d="M${x} 50h24"/><text x="${x + 30}" y="54">${escape(label)}</text>`;
    x += 54 + label.length * 7;
    return item;
  }).join('\n');
}

function drawPanel({ title, x, y, lines }: Panel, labels: readonly string[], clip: string): string {
  const [px, py] = [place(x, 0, size.panel), place(y, size.height, 0)];
  const grid = [
    ...y.ticks.map((tick) => `<path class="grid" d="M0 ${fixed(py(tick))}H${size.panel}"/><text class="small" x="-8" y="${fixed(py(tick) + 4)}" text-anchor="end">${escape(text(y, tick))}</text>`),
    ...x.ticks.map((tick) => `<path class="grid" d="M${fixed(px(tick))} ${size.height}v5"/><text class="small" x="${fixed(px(tick))}" y="${size.height + 19}" text-anchor="middle">${escape(text(x, tick))}</text>`),
  ];
  const drawn = lines.map((line) => drawLine(line, labels.indexOf(line.label) % palette.length, px, py));
  return `<text class="panel" x="0" y="-12">${escape(title)}</text>
${grid.join('\n')}
<text class="small" x="${size.panel / 2}" y="${size.height + 38}" text-anchor="middle">${escape(x.label)}</text>
<text class="small" x="-50" y="${size.height / 2}" text-anchor="middle" transform="rotate(-90 -50 ${size.height / 2})">${escape(y.label)}</text>
<clipPath id="${clip}"><rect x="-6" y="-6" width="${size.panel + 12}" height="${size.height + 12}"/></clipPath>
<g clip-path="url(#${clip})">
${drawn.join('\n')}
</g>`;
}

function drawLine({ points, dashed, dots }: Line, colour: number, px: (v: number) => number, py: (v: number) => number): string {
  let path = '';
  let pen = 'M';
  for (const point of points) {
    path += point.y === null ? '' : `${pen}${fixed(px(point.x))} ${fixed(py(point.y))}`;
    pen = point.y === null ? 'M' : 'L';
  }
  const marks = points.flatMap((point) => {
    if (point.y === null) return [];
    const at = px(point.x);
    const spread = point.low === undefined || point.high === undefined || point.low === point.high ? ''
      : `<path class="spread s${colour}" d="M${fixed(at)} ${fixed(py(point.low))}V${fixed(py(point.high))}M${fixed(at - 4)} ${fixed(py(point.low))}h8M${fixed(at - 4)} ${fixed(py(point.high))}h8"/>`;
    return [`${spread}${dots ? `<circle class="f${colour}" cx="${fixed(at)}" cy="${fixed(py(point.y))}" r="3.5"/>` : ''}`];
  });
  return `<path class="line s${colour}${dashed ? ' dashed' : ''}" d="${path}"/>${marks.join('')}`;
}

/** From a value to its place between two ends. */
function place({ scale, ticks }: Axis, from: number, to: number): (value: number) => number {
  const of = scale === 'log' ? Math.log : (v: number): number => v;
  const [low, high] = [of(Math.min(...ticks)), of(Math.max(...ticks))];
  return (value) => from + ((of(value) - low) / (high - low)) * (to - from);
}

/** Lines of a note, by about how wide a character is. */
function wrap(note: string, width: number): string[] {
  const most = Math.floor((width - 32) / 6.1);
  return note.split(' ').reduce<string[]>((lines, word) => {
    const last = lines.at(-1) ?? '';
    return last === '' ? [word] : last.length + word.length < most ? [...lines.slice(0, -1), `${last} ${word}`] : [...lines, word];
  }, []);
}

const text = ({ format = String }: Axis, tick: number): string => format(tick);
const fixed = (v: number): string => String(Number(v.toFixed(1)));
const escape = (s: string): string => s.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
