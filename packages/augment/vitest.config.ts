import { definePackageTests } from '../../tooling/vitest/preset.ts';
import { buildWorker } from './scripts/build-worker.mjs';

await buildWorker();

export default definePackageTests(import.meta.url);
