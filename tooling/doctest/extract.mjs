// Finds the examples of the documentation: `@example` blocks of docstrings, and ```ts blocks of Markdown files.
import ts from 'typescript';

/**
 * @typedef {object} Example
 * @property {number} line first line of the code in its file, from 1
 * @property {string} code
 * @property {boolean} run false where the fence says `no-run`: such an example is type-checked only
 */

const FENCE = /^\s*(```+|~~~+)\s*(\S*)\s*(.*)$/;

/**
 * Examples in the docstrings of a TypeScript source.
 * @param {string} text
 * @returns {Example[]}
 */
export function examplesOfSource(text) {
  const source = ts.createSourceFile('source.ts', text, ts.ScriptTarget.Latest, true);
  const seen = new Set();
  /** @type {Example[]} */
  const examples = [];
  /** @param {ts.Node} node */
  const visit = (node) => {
    for (const doc of node.jsDoc ?? []) {
      if (seen.has(doc.pos)) continue;
      seen.add(doc.pos);
      const first = source.getLineAndCharacterOfPosition(doc.pos).line + 1;
      examples.push(...examplesOfDocstring(text.slice(doc.pos, doc.end), first));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return examples;
}

/**
 * ```ts and ```typescript blocks of a Markdown text.
 * @param {string} text
 * @returns {Example[]}
 */
export function examplesOfMarkdown(text) {
  return fencedBlocks(text.split('\n').map((line, i) => ({ text: line, number: i + 1 })));
}

/**
 * @param {string} comment with its delimiters
 * @param {number} firstLine
 */
function examplesOfDocstring(comment, firstLine) {
  const lines = comment.split('\n').map((line, i) => ({
    text: line.replace(/^\s*(\/\*\*|\*(?!\/)) ?/, '').replace(/\s*\*\/\s*$/, ''),
    number: firstLine + i,
  }));
  /** @type {Example[]} */
  const examples = [];
  for (let i = 0; i < lines.length; i++) {
    if (!/^@example\b/.test(lines[i].text)) continue;
    const body = [];
    let fenced = false;
    for (i++; i < lines.length && (fenced || !/^@\w/.test(lines[i].text)); i++) {
      if (FENCE.test(lines[i].text)) fenced = !fenced;
      body.push(lines[i]);
    }
    i--;
    if (body.some((line) => FENCE.test(line.text))) examples.push(...fencedBlocks(body));
    else if (body.some((line) => line.text.trim() !== '')) examples.push(toExample(body, true));
  }
  return examples;
}

/** @param {{ text: string, number: number }[]} lines */
function fencedBlocks(lines) {
  /** @type {Example[]} */
  const examples = [];
  for (let i = 0; i < lines.length; i++) {
    const open = FENCE.exec(lines[i].text);
    if (!open) continue;
    const [, fence, language, info] = open;
    const body = [];
    for (i++; i < lines.length && !lines[i].text.trim().startsWith(fence); i++) body.push(lines[i]);
    if (language === 'ts' || language === 'typescript') examples.push(toExample(body, info.trim() !== 'no-run'));
  }
  return examples;
}

/**
 * @param {{ text: string, number: number }[]} lines
 * @param {boolean} run
 * @returns {Example}
 */
function toExample(lines, run) {
  let start = 0;
  let end = lines.length;
  while (start < end && lines[start].text.trim() === '') start++;
  while (end > start && lines[end - 1].text.trim() === '') end--;
  const kept = lines.slice(start, end);
  return { line: kept[0]?.number ?? lines[0]?.number ?? 1, code: kept.map((line) => line.text).join('\n'), run };
}
