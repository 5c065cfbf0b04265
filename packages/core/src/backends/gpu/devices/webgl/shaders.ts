/** Programs compiled: gpu.js translates them to GLSL, compiles and links; here its shader program is drawn with. */
import { fail } from '@parsimony/core';
import type { GlslVariant, Program } from '../../program';
import { type Gpu, gpuConstructor } from '../../gpu-js';
import type { GlContext } from './context';
import { headlessGpu } from './headless';
import { readNeighbours } from './neighbours';
import { declareVariant, vertexShader } from './variant';

export interface Shader {
  readonly program: WebGLProgram;
  /** Of the corners of the square that is drawn. */
  readonly position: number;
  readonly coordinate: number;
  readonly outputSize: WebGLUniformLocation | null;
  /** Width and height of each input's texture, as its reader wants them. */
  readonly sizes: readonly (WebGLUniformLocation | null)[];
  /** Offsets, ints and floats, in the order of the program's parameters. */
  readonly numbers: readonly { readonly location: WebGLUniformLocation | null; readonly whole: boolean }[];
  /** What was set last, since setting costs. */
  readonly last: Map<WebGLUniformLocation, number>;
}

/** What gpu.js's GL kernels have beside the public part. */
interface GlKernel {
  readonly program?: WebGLProgram | null;
  readonly fallbackReason?: string | null;
  /** Names of the uniforms of each argument. */
  readonly kernelArguments: readonly { readonly id: string; readonly sizeId: string | null }[];
  build(...args: readonly unknown[]): unknown;
  getFragmentShader(args: unknown): string;
}

/** Whole numbers are exact to here, which no loop passes. */
const MOST_ROUNDS = 2 ** 24;

/**
 * gpu.js finds a texel by dividing by the width and sampling at a fraction of it. Widths here are powers of two: `texSize` is
 * (width - 1, log2 width), and the texel is fetched.
 */
const reader = `vec4 texelOf(sampler2D tex, ivec2 texSize, int texel) { return texelFetch(tex, ivec2(texel & texSize.x, texel >> texSize.y), 0); }
float getMemoryOptimized32(sampler2D tex, ivec2 texSize, ivec3 texDim, int z, int y, int x) {
  return texelOf(tex, texSize, x >> 2)[x & 3];
}`;
const readerOfGpuJs = /float getMemoryOptimized32\([^)]*\) \{[\s\S]*?\n\}/;
/** Outputs have one axis. */
const threadOfGpuJs = 'threadId = indexTo3D(index, uOutputDim)';
const thread = 'threadId = ivec3(index, 0, 0)';

export class Shaders {
  readonly #context: GlContext;
  readonly #compiling: (program: Program) => void;
  readonly #shaders = new Map<Program, Shader>();
  /** Of calls whose inputs begin at whole texels. */
  readonly #whole = new Map<Program, Shader>();
  readonly #gpu: Gpu;
  /** What is not gpu.js's. */
  readonly #made: WebGLProgram[] = [];

  /** `glsl`: whether programs run GLSL of their own, and read four neighbours at once. */
  constructor(context: GlContext, readonly glsl: boolean, compiling: (program: Program) => void) {
    this.#context = context;
    this.#compiling = compiling;
    this.#gpu = context.webgl2 ? new (gpuConstructor())({ mode: 'webgl2', context: context.gl, canvas: context.canvas }) : headlessGpu(context);
  }

  /** `aligned`: whether the call's inputs begin at whole texels. */
  get(program: Program, aligned: boolean): Shader {
    const whole = aligned && this.glsl;
    const shaders = whole ? this.#whole : this.#shaders;
    let shader = shaders.get(program);
    if (!shader) {
      this.#compiling(program);
      shaders.set(program, shader = this.#compile(program, whole));
    }
    return shader;
  }

  #compile(program: Program, whole: boolean): Shader {
    const { maxTextures } = this.#context;
    if (program.inputs.length > maxTextures) {
      fail('backend', `gpu: kernel '${program.name}' reads ${program.inputs.length} tensors, over the limit of ${maxTextures} textures of this machine. Use the wasm backend.`);
    }
    return whole && program.glsl !== undefined ? this.#own(program, program.glsl) : this.#gpuJs(program, whole);
  }

  /** GLSL that a program carries. */
  #own(program: Program, glsl: GlslVariant): Shader {
    const { gl } = this.#context;
    const made = gl.createProgram();
    const parts = ([[gl.VERTEX_SHADER, vertexShader], [gl.FRAGMENT_SHADER, declareVariant(program, glsl)]] as const).map(([type, source]) => {
      const part = gl.createShader(type);
      if (!part) return fail('backend', `gpu: kernel '${program.name}' cannot be compiled: the WebGL context was lost.`);
      gl.shaderSource(part, source);
      gl.compileShader(part);
      gl.attachShader(made, part);
      return part;
    });
    gl.linkProgram(made);
    if (!gl.getProgramParameter(made, gl.LINK_STATUS) && !gl.isContextLost()) {
      fail('backend', `gpu: the GLSL of kernel '${program.name}' does not compile: ${[...parts.map((part) => gl.getShaderInfoLog(part)), gl.getProgramInfoLog(made)].join(' ')}`);
    }
    for (const part of parts) gl.deleteShader(part);
    this.#made.push(made);
    const { inputs, parameters } = program;
    return this.#describe(program, made, parameters.map((id, k) => ({ id, sizeId: k < inputs.length ? `${id}_size` : null })));
  }

  #gpuJs(program: Program, whole: boolean): Shader {
    const { gl, webgl2 } = this.#context;
    const mode = webgl2 ? 'webgl2' : 'headlessgl';
    const argumentTypes = program.argumentTypes.map((type) => (type === 'Array' ? 'MemoryOptimizedNumberTexture' : type));
    const created = this.#gpu.createKernel(program.source(4), {
      output: [1], functions: program.functions, argumentTypes, loopMaxIterations: MOST_ROUNDS,
      dynamicOutput: true, dynamicArguments: true, pipeline: true, precision: 'single', tactic: 'precision',
    });
    const kernel = created.kernel as unknown as GlKernel;
    const translate = kernel.getFragmentShader.bind(kernel);
    kernel.getFragmentShader = (args) => adapt(program, translate(args), webgl2, whole);
    // gpu.js asks for arguments to build with; what matters of textures is their kind.
    const texture = { size: [1, 1], dimensions: [1, 1, 1], texture: null, context: gl };
    try {
      kernel.build(...program.argumentTypes.map((type) => (type === 'Array' ? texture : 0)));
    } catch (error) {
      fail('backend', `gpu: kernel '${program.name}' does not compile in mode '${mode}': ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
    if (!kernel.program) fail('backend', `gpu: gpu.js gives kernel '${program.name}' to another mode than '${mode}': ${kernel.fallbackReason ?? 'no reason given'}.`);
    return this.#describe(program, kernel.program, kernel.kernelArguments);
  }

  #describe(program: Program, compiled: WebGLProgram, names: GlKernel['kernelArguments']): Shader {
    const { gl } = this.#context;
    const at = (name: string): WebGLUniformLocation | null => gl.getUniformLocation(compiled, name);
    gl.useProgram(compiled);
    gl.uniform2f(at('ratio'), 1, 1);
    const inputs = names.slice(0, program.inputs.length);
    inputs.forEach(({ id }, unit) => gl.uniform1i(at(id), unit));
    return {
      program: compiled,
      position: gl.getAttribLocation(compiled, 'aPos'),
      coordinate: gl.getAttribLocation(compiled, 'aTexCoord'),
      outputSize: at('uTexSize'),
      sizes: inputs.map(({ sizeId }) => (sizeId === null ? null : at(sizeId))),
      numbers: names.slice(inputs.length).map(({ id }, k) => ({ location: at(id), whole: program.argumentTypes[inputs.length + k] === 'Integer' })),
      last: new Map(),
    };
  }

  dispose(): Promise<void> {
    this.#shaders.clear();
    this.#whole.clear();
    for (const made of this.#made) this.#context.gl.deleteProgram(made);
    return this.#gpu.destroy();
  }
}

function adapt(program: Program, source: string, webgl2: boolean, whole: boolean): string {
  const threads = source.replace(threadOfGpuJs, thread);
  // Without the integers of WebGL2, gpu.js's own.
  const adapted = webgl2 ? threads.replace(readerOfGpuJs, reader) : threads;
  if (!adapted.includes(thread) || (webgl2 && !adapted.includes(reader))) {
    fail('backend', `gpu: gpu.js translates kernel '${program.name}' to GLSL in another form than expected.`);
  }
  return whole ? readNeighbours(adapted, program.inputs) : adapted;
}
