/** Tables in plain text: columns padded to their widest cell, numbers to the right. */

export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)));
  const numeric = header.map((_, column) => rows.every((row) => /^[-+]?[\d.]/.test(row[column] ?? '') || row[column] === ''));
  const line = (cells: readonly string[]): string => cells
    .map((cell, column) => (numeric[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
    .join('  ').trimEnd();
  return [line(header), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)].join('\n');
}

/** Mean and, of two values or more, their sample standard deviation: `95.1 +- 0.3`. */
export function summary(values: readonly number[], digits: number): string {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  if (values.length < 2) return mean.toFixed(digits);
  const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / (values.length - 1);
  return `${mean.toFixed(digits)} +- ${Math.sqrt(variance).toFixed(digits)}`;
}
