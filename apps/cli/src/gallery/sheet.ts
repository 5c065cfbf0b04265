/** A contact sheet as SVG: for each policy the images below each other, each as it is and then as the policy changes it. */
import type { Tile } from './tile';

export interface Cell { readonly tile: Tile; readonly caption: readonly string[] }
export interface Section {
  readonly title: string;
  readonly rows: readonly (readonly Cell[])[];
}

const font = { size: 11, line: 14, width: 6.6 };
const gap = 10;
const margin = 16;

/** @param side - Of a tile, in pixels. All rows have as many cells. */
export function sheetOf(sections: readonly Section[], side: number): string {
  const columns = Math.max(...sections.flatMap(({ rows }) => rows.map((row) => row.length)));
  const width = 2 * margin + columns * side + (columns - 1) * gap;
  const parts: string[] = [];
  let y = margin;
  for (const { title, rows } of sections) {
    for (const line of wrap(title, width - 2 * margin, 7.4)) {
      y += 17;
      parts.push(`<text class="title" x="${margin}" y="${fixed(y - 4)}">${escape(line)}</text>`);
    }
    y += 6;
    for (const row of rows) {
      const captions = row.map(({ caption }) => caption.flatMap((line) => wrap(line, side, font.width)));
      const tall = Math.max(...row.map(({ tile }) => tile.height));
      row.forEach(({ tile }, i) => parts.push(picture(tile, margin + i * (side + gap), y, side, tall)));
      y += tall;
      captions.forEach((lines, i) => lines.forEach((line, k) => parts.push(`<text x="${margin + i * (side + gap)}" y="${fixed(y + (k + 1) * font.line)}">${escape(line)}</text>`)));
      y += Math.max(...captions.map((lines) => lines.length)) * font.line + gap;
    }
    y += gap;
  }
  const height = Math.ceil(y - gap + margin - gap);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
<style>text { font: ${font.size}px "DejaVu Sans", "Segoe UI", Helvetica, Arial, sans-serif; fill: #24292f } .title { font-size: 12px; font-weight: bold }</style>
<rect width="${width}" height="${height}" fill="#ffffff"/>
${parts.join('\n')}
</svg>
`;
}

/** In the middle of its place, which is shown where the image does not fill it. */
function picture({ uri, width, height }: Tile, x: number, y: number, side: number, tall: number): string {
  return `<rect x="${x}" y="${fixed(y)}" width="${side}" height="${fixed(tall)}" fill="#eef1f4"/><image x="${fixed(x + (side - width) / 2)}" y="${fixed(y + (tall - height) / 2)}" width="${fixed(width)}" height="${fixed(height)}" href="${uri}"/>`;
}

/** The sheet inside a page. */
export const pageOf = (svg: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Parsimony: augmented images</title>
<style>body { margin: 0; background: #ffffff }</style></head>
<body>${svg}</body></html>
`;

/** Lines of a text in so many pixels; words that are too long are cut. */
export function wrap(text: string, width: number, character: number): string[] {
  const most = Math.max(4, Math.floor(width / character));
  const words = text.split(' ').flatMap((word) => word.match(new RegExp(`.{1,${most}}`, 'gu')) ?? []);
  return words.reduce<string[]>((lines, word) => {
    const last = lines.at(-1);
    return last === undefined || last.length + 1 + word.length > most ? [...lines, word] : [...lines.slice(0, -1), `${last} ${word}`];
  }, []);
}

const fixed = (value: number): string => String(Number(value.toFixed(2)));
// Control characters are no XML.
const escape = (text: string): string => text.replaceAll(/\p{Cc}/gu, ' ').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
