/** Which graphics hardware answers. Software on the processor does not count: wasm is faster there. */
import type { Device, GpuMode } from './device';
import { openDevice, type Variants } from './devices/open';
import { openWebGl2 } from './devices/webgl/context';
import { describeAdapter, isSoftware, isSoftwareAdapter } from './devices/webgpu/adapter';
import { findAdapter } from './devices/webgpu/context';
import { deviceEvents, type EventOptions } from './events';

type HardwareMode = Extract<GpuMode, 'webgpu' | 'webgl2'>;

/** What a mode would run on, or why it would not. */
type Found = { readonly adapter: string } | { readonly missing: string };

export interface Machine {
  probe(mode: HardwareMode): Promise<Found>;
  open(mode: HardwareMode, options: EventOptions, variants?: Variants): Promise<Device>;
}

const told = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function webGpu(): Promise<Found> {
  const found = await findAdapter();
  if (typeof found === 'string') return { missing: found };
  const adapter = describeAdapter(found.info);
  return isSoftwareAdapter(found.info) ? { missing: `only ${adapter} answers` } : { adapter };
}

async function webGl2(): Promise<Found> {
  try {
    const { renderer, release } = openWebGl2();
    release();
    return isSoftware(renderer) ? { missing: `only ${renderer} (software) answers` } : { adapter: renderer };
  } catch (error) {
    return { missing: told(error) };
  }
}

const thisMachine: Machine = {
  probe: (mode) => (mode === 'webgpu' ? webGpu() : webGl2()),
  open: (mode, options, variants) => openDevice(mode, deviceEvents(mode, options), variants),
};

/** The first of WebGPU and WebGL2 that runs on hardware, opened; and why that one, or why none. */
export async function openHardware(options: EventOptions, machine: Machine = thisMachine, variants?: Variants): Promise<{ readonly device?: Device; readonly why: string }> {
  const reasons: string[] = [];
  for (const mode of ['webgpu', 'webgl2'] as const) {
    const found = await machine.probe(mode);
    if ('missing' in found) {
      reasons.push(`${mode}: ${found.missing}`);
      continue;
    }
    try {
      return { device: await machine.open(mode, options, variants), why: [...reasons, `${mode} answers on ${found.adapter}`].join('; ') };
    } catch (error) {
      reasons.push(`${mode}: ${told(error)}`);
    }
  }
  return { why: `no graphics hardware answers (${reasons.join('; ')})` };
}
