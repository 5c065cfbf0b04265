/** Which device a mode opens. */
import { fail } from '@parsimony/core';
import type { Device, DeviceEvents, GpuMode } from '../device';
import { HostDevice } from './host';
import { WebGlDevice } from './webgl';
import { WebGpuDevice, type Wgsl } from './webgpu';

/** Whether programs may run shaders of their own beside gpu.js's: WGSL in mode 'webgpu', GLSL in mode 'webgl2'. */
export interface Variants { readonly wgsl?: Wgsl | undefined; readonly glsl?: boolean | undefined }

export async function openDevice(mode: GpuMode, events: DeviceEvents, { wgsl = true, glsl = true }: Variants = {}): Promise<Device> {
  switch (mode) {
    case 'webgpu': return WebGpuDevice.open(events, wgsl);
    case 'webgl2':
    case 'headlessgl': return WebGlDevice.open(mode, events, glsl);
    case 'webasm':
    case 'cpu': return new HostDevice(mode, events);
    default: return fail('backend', `gpu: mode '${mode}' is not available here.`);
  }
}
