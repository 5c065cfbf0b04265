/** Text into HTML, escaped. */

/** HTML that needs no escaping any more. */
export class Html {
  constructor(readonly text: string) {}
}

type Part = Html | string | number | readonly Html[];

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (text: string): string => text.replace(/[&<>"']/g, (c) => escapes[c] ?? c);

const render = (part: Part): string => {
  if (part instanceof Html) return part.text;
  return Array.isArray(part) ? part.map((p: Html) => p.text).join('') : escape(String(part));
};

/** html`<p>${anything}</p>`: what is put in is escaped, unless it is HTML itself. */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  new Html(strings.map((s, i) => s + (i < parts.length ? render(parts[i] ?? '') : '')).join(''));

export const none = new Html('');

/** Data for a script of the page; `<` could end the element. */
export const jsonScript = (id: string, value: unknown): Html =>
  new Html(`<script type="application/json" id="${id}">${JSON.stringify(value).replaceAll('<', '\\u003c')}</script>`);
