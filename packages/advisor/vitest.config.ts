import { definePackageTests } from '../../tooling/vitest/preset.ts';

export default definePackageTests(import.meta.url);
