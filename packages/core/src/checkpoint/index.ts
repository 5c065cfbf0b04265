export { directoryStore } from './directory-store';
export { readSafetensors, type ReadSafetensorsOptions, type SafetensorsFile } from './read-safetensors';
export { type CheckpointStore, memoryStore } from './store';
export { writeSafetensors, type WriteSafetensorsOptions } from './write-safetensors';
