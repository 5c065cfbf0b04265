/** Which adapters are graphics hardware, and which compute on the processor, where wasm is faster. */
const software = /swiftshader|llvmpipe|lavapipe|softpipe|\bwarp\b|microsoft basic render|software/i;

/** Whether the name of a renderer or adapter is that of a software one. */
export const isSoftware = (name: string): boolean => software.test(name);

/** `isFallbackAdapter` is newer than the names; browsers withhold some of either. */
export function isSoftwareAdapter(info: GPUAdapterInfo): boolean {
  return info.isFallbackAdapter || isSoftware(`${info.vendor} ${info.architecture} ${info.device} ${info.description}`);
}

export function describeAdapter(info: GPUAdapterInfo): string {
  const named = [info.vendor, info.architecture, info.description || info.device].filter((text) => text !== '');
  return `${named.join(' ') || 'an unnamed adapter'}${isSoftwareAdapter(info) ? ' (software)' : ''}`;
}
