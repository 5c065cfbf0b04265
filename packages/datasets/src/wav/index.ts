export { loadWav, saveWav } from './file';
export type { WavAudio, WavFormat } from './format';
export { readWav, type WavFile } from './read-wav';
export { type WavOptions, writeWav } from './write-wav';
