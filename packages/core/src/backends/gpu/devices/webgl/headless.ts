/** gpu.js's mode `headlessgl` on a context of ours: its browser build carries the mode, without the package `gl`. */
import { type Gpu, type GpuConstructor, gpuConstructor } from '../../gpu-js';
import type { GlContext } from './context';

/** gpu.js's class of kernels, which asks itself what the machine can do. */
type KernelClass = new (source: string, settings: object) => object;

export function headlessGpu({ gl, canvas, maxTextureSize }: GlContext): Gpu {
  const constructor = gpuConstructor() as GpuConstructor & { readonly HeadlessGLKernel: KernelClass };
  const precision = (name: number): WebGLShaderPrecisionFormat | null => gl.getShaderPrecisionFormat(gl.FRAGMENT_SHADER, name);
  const features = {
    isFloatRead: true, isTextureFloat: true, isDrawBuffers: false, kernelMap: false, channelCount: 1, maxTextureSize,
    // Not tried here: gpu.js takes more care where they are not.
    isIntegerDivisionAccurate: false, isSpeedTacticSupported: false,
    lowIntPrecision: precision(gl.LOW_INT), lowFloatPrecision: precision(gl.LOW_FLOAT),
    mediumIntPrecision: precision(gl.MEDIUM_INT), mediumFloatPrecision: precision(gl.MEDIUM_FLOAT),
    highIntPrecision: precision(gl.HIGH_INT), highFloatPrecision: precision(gl.HIGH_FLOAT),
  };
  class Kernel extends constructor.HeadlessGLKernel {
    static get isSupported(): boolean { return true; }
    static get features(): typeof features { return features; }
    /** Whose it is gives it back. */
    static destroyContext(): void {}
  }
  // Made for another mode, since gpu.js would look for the package itself.
  return Object.assign(new constructor({ mode: 'cpu' }), { mode: 'headlessgl', Kernel, context: gl, canvas });
}
