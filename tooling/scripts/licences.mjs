// Licences of code that a package bundles: every package whose code is in `dist` has its licence in dist/THIRD-PARTY-LICENSES.txt, and
// a file that holds it names it in a comment that minifiers keep.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What gives away packages that came inside of another's bundle: a text that their code has. */
const inside = { 'gpu-mock.js': 'require_gpu_mock_js', acorn: 'Unterminated template' };

/** tsup's is one line for `import.meta.url` in CommonJS. */
const notCounted = 'tsup';

/**
 * What is missing, in words.
 * @param {string} dist
 * @returns {string[]}
 */
export function missingLicences(dist) {
  const file = join(dist, 'THIRD-PARTY-LICENSES.txt');
  const sections = (existsSync(file) ? readFileSync(file, 'utf8') : '').split(/^---$/m).map((text) => text.trim());
  return readdirSync(dist).filter((name) => /\.c?js$/.test(name)).flatMap((name) => {
    const text = readFileSync(join(dist, name), 'utf8');
    const comments = (text.match(/\/\*!?[^]*?\*\//g) ?? []).filter((comment) => /^\/\*!|@license/.test(comment)).join('\n');
    const found = new Set([...text.matchAll(/node_modules\/(?!\.pnpm)((?:@[^/\s]+\/)?[^/\s'"]+)\//g)].map(([, name_]) => name_ ?? ''));
    for (const [packageName, sign] of Object.entries(inside)) if (text.includes(sign)) found.add(packageName);
    found.delete(notCounted);
    return [...found].flatMap((packageName) => [
      ...(sections.some((section) => section.startsWith(`${packageName}\n`) && /copyright/i.test(section) && section.includes('Permission is hereby granted')) ? [] : [`${name} contains ${packageName}, whose licence is not in THIRD-PARTY-LICENSES.txt`]),
      ...(comments.includes(packageName) ? [] : [`${name} contains ${packageName} and does not name it in a comment with @license`]),
    ]);
  });
}
