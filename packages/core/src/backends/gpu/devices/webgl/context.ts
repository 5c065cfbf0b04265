/** A WebGL context that can compute: float textures to draw to, and what the machine allows. */
import { fail } from '@parsimony/core';
import { isNode } from '../../../../node-module';

type Gl = WebGL2RenderingContext;

export interface GlContext {
  readonly gl: Gl;
  readonly canvas: HTMLCanvasElement | OffscreenCanvas | object;
  /** GLSL ES 3.00, integers, pixel buffers and fences; without it, WebGL 1. */
  readonly webgl2: boolean;
  readonly renderer: string;
  readonly maxTextureSize: number;
  readonly maxTextures: number;
  /** Gives the context back: browsers allow few of them. */
  release(): void;
}

/** The browser's WebGL2, on a canvas that no page shows. */
export function openWebGl2(): GlContext {
  const canvas = typeof OffscreenCanvas === 'undefined' ? pageCanvas() : new OffscreenCanvas(1, 1);
  const gl = canvas.getContext('webgl2', { alpha: false, depth: false, antialias: false, powerPreference: 'high-performance' }) as Gl | null;
  if (!gl) fail('backend', 'gpu: mode \'webgl2\' needs a browser with WebGL2; none could be opened here. Use the wasm backend.');
  if (!gl.getExtension('EXT_color_buffer_float')) {
    fail('backend', 'gpu: mode \'webgl2\' needs to draw to float textures (EXT_color_buffer_float), which this machine does not offer. Use the wasm backend.');
  }
  return {
    ...describe(gl, canvas, true),
    release: () => gl.getExtension('WEBGL_lose_context')?.loseContext(),
  };
}

function pageCanvas(): HTMLCanvasElement {
  if (typeof document === 'undefined') fail('backend', 'gpu: mode \'webgl2\' runs in browsers. In Node use mode \'webgpu\' or \'headlessgl\', or the wasm backend.');
  return document.createElement('canvas');
}

type CreateContext = (width: number, height: number) => Gl | null;

/** WebGL 1 in Node, of the package `gl`, where a person installed it. */
export async function openHeadlessGl(): Promise<GlContext> {
  if (!isNode()) fail('backend', 'gpu: mode \'headlessgl\' runs in Node. In a browser use mode \'webgpu\' or \'webgl2\'.');
  // Not a literal, so that bundlers for browsers do not look for it.
  const name = ['g', 'l'].join('');
  let create: CreateContext;
  try {
    create = (await import(/* @vite-ignore */ /* webpackIgnore: true */ name) as { readonly default: CreateContext }).default;
  } catch (cause) {
    return fail('backend', `gpu: mode 'headlessgl' needs the package \`gl\`: \`npm install gl@8\`. ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  const gl = create(1, 1);
  if (!gl) fail('backend', 'gpu: mode \'headlessgl\': the package `gl` found no OpenGL. On Linux without a display, run the program with `xvfb-run`.');
  if (!gl.getExtension('OES_texture_float')) fail('backend', 'gpu: mode \'headlessgl\' needs float textures (OES_texture_float), which this machine does not offer. Use the wasm backend.');
  return {
    ...describe(gl, {}, false),
    release: () => (gl.getExtension('STACKGL_destroy_context') as { destroy(): void } | null)?.destroy(),
  };
}

/** What both kinds of context tell in the same words. */
function describe(gl: Gl, canvas: GlContext['canvas'], webgl2: boolean): Omit<GlContext, 'release'> {
  const details = gl.getExtension('WEBGL_debug_renderer_info');
  const number = (name: number): number => Number(gl.getParameter(name));
  return {
    gl, canvas, webgl2,
    renderer: String(gl.getParameter(details ? details.UNMASKED_RENDERER_WEBGL : gl.RENDERER)),
    maxTextureSize: number(gl.MAX_TEXTURE_SIZE),
    maxTextures: number(gl.MAX_TEXTURE_IMAGE_UNITS),
  };
}
