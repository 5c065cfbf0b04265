/** WebGPU's flags. Its globals exist only where it does; the specification fixes their values. */
export const BufferUsage = { mapRead: 0x0001, copySrc: 0x0004, copyDst: 0x0008, uniform: 0x0040, storage: 0x0080 } as const;
export const MAP_READ = 0x0001;
export const COMPUTE_STAGE = 0x4;
