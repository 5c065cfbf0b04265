import { fileURLToPath } from 'node:url';

/** The documents that belong to no package; tooling/doctest runs their examples. */
export const repositoryDocuments = {
  sources: [],
  markdown: ['README.md', 'CONTRIBUTING.md', 'docs'],
  base: fileURLToPath(new URL('../..', import.meta.url)),
};
