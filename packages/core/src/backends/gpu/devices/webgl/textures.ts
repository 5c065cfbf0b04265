/**
 * Storages as textures of four floats a texel, kept by size for the next storage of the same size: a training step makes the
 * same sizes each time, so it makes no texture after the first. Widths are powers of two, which spares shaders the divisions.
 */
import { fail } from '@parsimony/core';
import type { GlContext } from './context';

export interface Texture {
  readonly texture: WebGLTexture;
  /** To draw to it and to read from it. */
  readonly framebuffer: WebGLFramebuffer;
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
}

/** Free textures kept, in bytes. */
const KEPT_BYTES = 2 ** 28;
/** From this size on a texture is checked to be there: the check waits for the GPU. */
const CHECKED_BYTES = 2 ** 20;

export class Textures {
  readonly #context: GlContext;
  /** By width and height; sizes used last are last. */
  readonly #kept = new Map<string, Texture[]>();
  #keptBytes = 0;
  /** Of all textures, free ones too. */
  bytes = 0;
  readonly #all = new Set<Texture>();

  constructor(context: GlContext) { this.#context = context; }

  /** Room for so many elements; contents undefined. */
  take(length: number): Texture {
    const [width, height] = this.#size(length);
    const same = this.#kept.get(`${width}x${height}`);
    const found = same?.pop();
    if (!found) return this.#make(width, height);
    this.#keptBytes -= found.bytes;
    return found;
  }

  give(texture: Texture): void {
    const key = `${texture.width}x${texture.height}`;
    const same = this.#kept.get(key) ?? [];
    same.push(texture);
    this.#kept.delete(key);
    this.#kept.set(key, same);
    this.#keptBytes += texture.bytes;
    if (this.#keptBytes > KEPT_BYTES) this.#drop(KEPT_BYTES);
  }

  /** About square: a graphics card's caches are. */
  #size(length: number): readonly [number, number] {
    const { maxTextureSize } = this.#context;
    const texels = Math.max(1, Math.ceil(length / 4));
    let width = 1;
    while (width * width < texels) width *= 2;
    const height = Math.ceil(texels / width);
    if (width > maxTextureSize || height > maxTextureSize) {
      fail('backend', `gpu: a tensor of ${length} elements needs a texture of ${width} x ${height}, over the limit of ${maxTextureSize} x ${maxTextureSize} of this machine. Use a smaller batch, or the wasm backend.`);
    }
    return [width, height];
  }

  #make(width: number, height: number): Texture {
    const { gl, webgl2 } = this.#context;
    const texture = gl.createTexture();
    const framebuffer = gl.createFramebuffer();
    const bytes = width * height * 16;
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, texture);
    for (const [name, value] of [[gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE], [gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE], [gl.TEXTURE_MIN_FILTER, gl.NEAREST], [gl.TEXTURE_MAG_FILTER, gl.NEAREST]] as const) {
      gl.texParameteri(gl.TEXTURE_2D, name, value);
    }
    if (webgl2) gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA32F, width, height);
    else gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, width, height, 0, gl.RGBA, gl.FLOAT, null);
    gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
    if (bytes >= CHECKED_BYTES && gl.getError() === gl.OUT_OF_MEMORY) {
      gl.deleteTexture(texture);
      gl.deleteFramebuffer(framebuffer);
      fail('memory', `gpu: no room for a texture of ${width} x ${height} (${bytes} bytes) beside the ${this.bytes} bytes in use. Use a smaller batch, or the wasm backend.`);
    }
    this.bytes += bytes;
    const made: Texture = { texture, framebuffer, width, height, bytes };
    this.#all.add(made);
    return made;
  }

  #drop(allowed: number): void {
    for (const [key, same] of this.#kept) {
      while (same.length > 0 && this.#keptBytes > allowed) {
        const texture = same.pop()!;
        this.#keptBytes -= texture.bytes;
        this.#delete(texture);
      }
      if (this.#keptBytes <= allowed) return;
      this.#kept.delete(key);
    }
  }

  #delete(dropped: Texture): void {
    const { gl } = this.#context;
    gl.deleteFramebuffer(dropped.framebuffer);
    gl.deleteTexture(dropped.texture);
    this.#all.delete(dropped);
    this.bytes -= dropped.bytes;
  }

  /** Deletes every texture. */
  dispose(): void {
    for (const texture of this.#all) this.#delete(texture);
    this.#kept.clear();
    this.#keptBytes = 0;
  }
}
