import { definePackageTests } from '../vitest/preset.ts';

export default definePackageTests(import.meta.url, { include: ['*.test.ts'] });
