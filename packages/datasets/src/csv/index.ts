export { loadCsv } from './load-csv';
export { type CsvOptions, type CsvTable, parseCsv } from './parse-csv';
