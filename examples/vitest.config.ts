import { definePackageTests } from '../tooling/vitest/preset.ts';

export default definePackageTests(import.meta.url, { examples: { sources: [] }, include: ['*.test.ts', 'studies/*.test.ts', 'replicas/*.test.ts'] });
