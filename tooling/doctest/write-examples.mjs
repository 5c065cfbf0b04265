export function writeExamples() {}
