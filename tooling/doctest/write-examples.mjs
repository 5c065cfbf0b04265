// Writes the examples of a package's documentation as modules, and one vitest file that runs them, into `.doctest/`.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { examplesOfMarkdown, examplesOfSource } from './extract.mjs';
import { withAssertions } from './rewrite.mjs';

// An example may train a network for real; on a busy machine that takes its time.
const TIMEOUT_MS = 300_000;

const checkModule = fileURLToPath(new URL('check.ts', import.meta.url));

/**
 * @param {string} packageRoot
 * @param {object} [from]
 * @param {string[]} [from.sources] folders with TypeScript whose docstrings hold examples, default `src`
 * @param {string[]} [from.markdown] Markdown files or folders of them, default `README.md`
 * @param {string} [from.base] folder that both are relative to, and that tests are named from; default the package
 */
export function writeExamples(packageRoot, { sources = ['src'], markdown = ['README.md'], base = packageRoot } = {}) {
  const out = join(packageRoot, '.doctest');
  /** @type {Map<string, string>} */
  const files = new Map();
  const tests = [];
  for (const path of [...walk(base, sources, isSource), ...walk(base, markdown, (name) => name.endsWith('.md'))]) {
    const name = relative(base, path).replaceAll('\\', '/');
    for (const example of examplesOf(path)) {
      const title = `${name}:${example.line}`;
      const module = `${title.replaceAll(/[^\w.-]/g, '_')}.ts`;
      let body;
      try {
        body = withAssertions(example.code, name, example.line);
      } catch (error) {
        tests.push(`test(${JSON.stringify(title)}, () => { throw new Error(${JSON.stringify(error.message)}); });`);
        continue;
      }
      const check = relative(out, checkModule).replaceAll('\\', '/');
      files.set(module, `import { check as __check, throws as __throws } from '${check}'; void [__check, __throws];\n${body}\n`);
      if (example.run) tests.push(`test(${JSON.stringify(title)}, async () => { await import('./${module}'); }, ${TIMEOUT_MS});`);
    }
  }
  if (tests.length > 0) files.set('examples.test.ts', `import { test } from 'vitest';\n\n${tests.join('\n')}\n`);
  update(out, files);
  return tests.length;
}

/** @param {string} path */
function examplesOf(path) {
  const text = readFileSync(path, 'utf8');
  if (path.endsWith('.md')) return examplesOfMarkdown(text);
  return text.includes('@example') ? examplesOfSource(text) : [];
}

/** @param {string} name */
const isSource = (name) => name.endsWith('.ts') && !/\.(test|test-d|d)\.ts$/.test(name);

/**
 * @param {string} base
 * @param {string[]} roots files or folders
 * @param {(name: string) => boolean} wanted
 */
function walk(base, roots, wanted) {
  return roots.flatMap((root) => {
    const path = join(base, root);
    if (!existsSync(path)) return [];
    if (wanted(root)) return [path];
    const names = readdirSync(path, { recursive: true, encoding: 'utf8' });
    return names.filter((name) => wanted(name) && !name.includes('node_modules')).sort().map((name) => join(path, name));
  });
}

/**
 * Makes the folder hold exactly these files. Unchanged ones are left alone and new ones appear whole, because another
 * test run of the same package may be reading them.
 * @param {string} folder
 * @param {Map<string, string>} files
 */
function update(folder, files) {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) if (name.endsWith('.ts') && !files.has(name)) rmSync(join(folder, name), { force: true });
  for (const [name, text] of files) {
    const path = join(folder, name);
    if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
    const temporary = `${path}.${process.pid}`;
    writeFileSync(temporary, text);
    renameSync(temporary, path);
  }
}
