import { definePackageTests } from '../vitest/preset.ts';
import { repositoryDocuments } from './documents.mjs';

export default definePackageTests(import.meta.url, { examples: repositoryDocuments, include: ['*.test.ts'] });
