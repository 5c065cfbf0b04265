// Checks the licences of what is bundled, packs the package in the current folder into .packs/ and lets publint and attw look at the tarball.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { missingLicences } from './licences.mjs';
import { pnpm, runOrExit } from './lib.mjs';

const cwd = process.cwd();
const manifest = JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8'));

const missing = existsSync(join(cwd, 'dist')) ? missingLicences(join(cwd, 'dist')) : [];
if (missing.length > 0) {
  console.error(missing.join('\n'));
  process.exit(1);
}

rmSync(join(cwd, '.packs'), { recursive: true, force: true });
mkdirSync(join(cwd, '.packs'));
runOrExit(...pnpm('pack', '--pack-destination', '.packs'), { cwd });
const tarball = join('.packs', readdirSync(join(cwd, '.packs'))[0]);

runOrExit('publint', ['run', tarball, '--strict'], { cwd });
if (manifest.exports) {
  // node16: every package asks for Node 20, whose TypeScript users have long left the resolution of Node 10.
  runOrExit('attw', [tarball, '--profile', 'node16', '--no-emoji'], { cwd });
} else {
  console.log('Nothing can be imported from this package: attw has nothing to check.');
}
