/** Which device a mode opens. */
import { fail } from '@parsimony/core';
import type { Device, DeviceEvents, GpuMode } from '../device';
import { HostDevice } from './host';
import { WebGlDevice } from './webgl';
import { WebGpuDevice, type Wgsl } from './webgpu';

/** `wgsl`: whether programs may run WGSL of their own in mode 'webgpu', and which. */
export async function openDevice(mode: GpuMode, events: DeviceEvents, wgsl: Wgsl = true): Promise<Device> {
  switch (mode) {
    case 'webgpu': return WebGpuDevice.open(events, wgsl);
    case 'webgl2':
    case 'headlessgl': return WebGlDevice.open(mode, events);
    case 'webasm':
    case 'cpu': return new HostDevice(mode, events);
    default: return fail('backend', `gpu: mode '${mode}' is not available here.`);
  }
}
