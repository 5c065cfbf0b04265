import { writeExamples } from './write-examples.mjs';

writeExamples(process.cwd());
