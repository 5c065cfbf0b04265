// Writes the examples of the package in the current folder; with --root, those of the repository's own documents.
import { writeExamples } from './write-examples.mjs';
import { repositoryDocuments } from './documents.mjs';

writeExamples(process.cwd(), process.argv.includes('--root') ? repositoryDocuments : {});
