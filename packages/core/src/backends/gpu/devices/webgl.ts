/**
 * WebGL: gpu.js translates and compiles each program; here its shader is drawn from pooled float textures into a pooled
 * float texture, four elements a texel. The driver keeps the order of draws, uploads and reads.
 */
import { ParsimonyError } from '@parsimony/core';
import type { StorageHandle } from '../../executor';
import type { Device, DeviceEvents, GpuMode } from '../device';
import { defineProgram, type Operand, type Program, type ProgramCall } from '../program';
import { type GlContext, openHeadlessGl, openWebGl2 } from './webgl/context';
import { finished, readPixels } from './webgl/readback';
import { type Shader, Shaders } from './webgl/shaders';
import { type Texture, Textures } from './webgl/textures';

/** Programs count elements in float32, exact to here. */
const MOST_ELEMENTS = 2 ** 24;

interface Storage { readonly length: number; held: Texture }

const storage = (handle: StorageHandle): Storage => handle as Storage;

/** A storage with a part of it replaced, since a texture cannot be read and drawn to at once. */
const merge = defineProgram({
  name: 'write',
  inputs: ['old', 'part'],
  ints: ['start', 'end'],
  code: ({ old, part }) => ({
    body: `
      let $value = ${old('$i')};
      if ($i >= start && $i < end) { $value = ${part('$i - start')}; }`,
    value: '$value',
  }),
});

export class WebGlDevice implements Device {
  readonly lanes = 4;
  readonly readLag: number;
  readonly glsl: boolean;
  readonly description: string;
  readonly maxLength: number;
  readonly #context: GlContext;
  readonly #textures: Textures;
  readonly #shaders: Shaders;
  readonly #square: WebGLBuffer | null;
  /** What the context is set to. */
  #program: WebGLProgram | undefined;
  #failure: ParsimonyError | undefined;

  constructor(readonly mode: Extract<GpuMode, 'webgl2' | 'headlessgl'>, context: GlContext, events: DeviceEvents, glsl = true) {
    const { gl, maxTextureSize, renderer } = this.#context = context;
    // Without fences a read waits.
    this.readLag = context.webgl2 ? 2 : 0;
    this.maxLength = Math.min(MOST_ELEMENTS, maxTextureSize ** 2 * 4);
    this.description = `gpu.js, mode ${mode}, on ${renderer}; tensors of up to ${this.maxLength} elements`;
    this.#textures = new Textures(context);
    this.glsl = glsl && context.webgl2;
    this.#shaders = new Shaders(context, this.glsl, (program) => events.compiling(program));
    this.#square = gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#square);
    gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([-1, -1, 0, 0, 1, -1, 1, 0, -1, 1, 0, 1, 1, 1, 1, 1]), gl.STATIC_DRAW);
  }

  static async open(mode: WebGlDevice['mode'], events: DeviceEvents, glsl = true): Promise<WebGlDevice> {
    return new WebGlDevice(mode, mode === 'webgl2' ? openWebGl2() : await openHeadlessGl(), events, glsl);
  }

  /** Of all textures: tensors, and free ones kept for the next. */
  deviceBytes(): number { return this.#textures.bytes; }

  allocate(length: number): StorageHandle { return { length, held: this.#textures.take(length) } satisfies Storage; }

  free(handle: StorageHandle): void { this.#textures.give(storage(handle).held); }

  write(handle: StorageHandle, offset: number, data: Float32Array): void {
    const target = storage(handle);
    if (offset === 0 && data.length === target.length) this.#upload(target.held, data);
    else {
      const part: Storage = { length: data.length, held: this.#textures.take(data.length) };
      this.#upload(part.held, data);
      this.#merge(target, part, offset);
    }
  }

  #merge(target: Storage, part: Storage, start: number): void {
    const held = this.#textures.take(target.length);
    const whole = (x: Storage): Operand => ({ handle: x, offset: 0, size: x.length });
    this.#draw(merge, [whole(target), whole(part)], [0, 0, start, start + part.length], held, target.length);
    this.#textures.give(target.held);
    this.#textures.give(part.held);
    target.held = held;
  }

  #upload({ texture, width }: Texture, data: Float32Array): void {
    const { gl } = this.#context;
    const rowLength = width * 4;
    const rows = Math.floor(data.length / rowLength);
    const rest = data.subarray(rows * rowLength);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, texture);
    const put = (y: number, w: number, h: number, values: Float32Array): void => gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, y, w, h, gl.RGBA, gl.FLOAT, values);
    if (rows > 0) put(0, width, rows, data.subarray(0, rows * rowLength));
    if (rest.length === 0) return;
    const texels = Math.ceil(rest.length / 4);
    const padded = new Float32Array(texels * 4);
    padded.set(rest);
    put(rows, texels, 1, padded);
  }

  run(program: Program, { inputs, ints = [], floats = [], output }: ProgramCall): void {
    const target = storage(output.handle);
    const numbers = [...inputs.map(({ offset }) => offset), ...ints, ...floats];
    const direct = output.offset === 0 && output.size === target.length && !inputs.some(({ handle }) => handle === output.handle);
    if (direct) return this.#draw(program, inputs, numbers, target.held, output.size);
    const part: Storage = { length: output.size, held: this.#textures.take(output.size) };
    this.#draw(program, inputs, numbers, part.held, output.size);
    this.#merge(target, part, output.offset);
  }

  #draw(program: Program, inputs: readonly Operand[], numbers: readonly number[], target: Texture, size: number): void {
    const { gl, webgl2 } = this.#context;
    if (this.#lost()) return;
    const shader = this.#shaders.get(program, inputs.every(({ offset }) => offset % 4 === 0));
    this.#use(shader);
    const { last } = shader;
    inputs.forEach(({ handle }, unit) => {
      const { texture, width, height } = storage(handle).held;
      gl.activeTexture(gl.TEXTURE0 + unit);
      gl.bindTexture(gl.TEXTURE_2D, texture);
      const at = shader.sizes[unit];
      const dimensions = width * 2 ** 16 + height;
      if (!at || last.get(at) === dimensions) return;
      last.set(at, dimensions);
      if (webgl2) gl.uniform2i(at, width - 1, Math.log2(width));
      else gl.uniform2i(at, width, height);
    });
    shader.numbers.forEach(({ location, whole }, k) => {
      const value = numbers[k] ?? 0;
      if (!location || last.get(location) === value) return;
      last.set(location, value);
      if (whole) gl.uniform1i(location, value);
      else gl.uniform1f(location, value);
    });
    const rows = Math.ceil(size / 4 / target.width);
    gl.uniform2i(shader.outputSize, target.width, rows);
    gl.bindFramebuffer(gl.FRAMEBUFFER, target.framebuffer);
    gl.viewport(0, 0, target.width, rows);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
  }

  #use({ program, position, coordinate }: Shader): void {
    if (this.#program === program) return;
    const { gl } = this.#context;
    gl.useProgram(this.#program = program);
    // Compiling sets these too.
    gl.disable(gl.SCISSOR_TEST);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#square);
    for (const [place, start] of [[position, 0], [coordinate, 8]] as const) {
      if (place < 0) continue;
      gl.enableVertexAttribArray(place);
      gl.vertexAttribPointer(place, 2, gl.FLOAT, false, 16, start);
    }
  }

  async read({ handle, offset, size }: Operand): Promise<Float32Array> {
    if (this.#lost()) throw this.#failure;
    const { gl } = this.#context;
    const values = await readPixels(this.#context, storage(handle).held, offset, size);
    const error = this.#lost() ? gl.NO_ERROR : gl.getError();
    if (error !== gl.NO_ERROR) this.#poison(reasons(gl).get(error) ?? `WebGL error ${error}`);
    if (this.#failure) throw this.#failure;
    return values;
  }

  async caughtUp(): Promise<void> {
    if (!this.#lost()) await finished(this.#context);
    if (this.#lost()) throw this.#failure;
  }

  /** Every program is compiled for WebGL, or refused with an error. */
  fallbacks(): readonly string[] { return []; }

  async dispose(): Promise<void> {
    if (this.#failure?.code === 'state') return;
    this.#failure = new ParsimonyError('state', 'gpu: this backend was disposed.');
    this.#textures.dispose();
    this.#context.gl.deleteBuffer(this.#square);
    await this.#shaders.dispose();
    this.#context.release();
  }

  #lost(): boolean {
    if (!this.#failure && this.#context.gl.isContextLost()) this.#poison('the WebGL context was lost');
    return this.#failure !== undefined;
  }

  /** From the first error on nothing on the device can be trusted; the next read says so. */
  #poison(message: string): void {
    this.#failure ??= new ParsimonyError('backend', `gpu: mode '${this.mode}' failed: ${message}. What is on the device is lost. Open a new one with \`await useBackend('gpu', { mode: '${this.mode}' })\` and resume the fit from its last checkpoint.`);
  }
}

const reasons = (gl: WebGL2RenderingContext): ReadonlyMap<number, string> => new Map([
  [gl.OUT_OF_MEMORY, 'the GPU has no memory left'],
  [gl.INVALID_VALUE, 'a value is out of range (INVALID_VALUE)'],
  [gl.INVALID_OPERATION, 'an operation is not allowed (INVALID_OPERATION)'],
  [gl.INVALID_FRAMEBUFFER_OPERATION, 'a texture cannot be drawn to (INVALID_FRAMEBUFFER_OPERATION)'],
]);
