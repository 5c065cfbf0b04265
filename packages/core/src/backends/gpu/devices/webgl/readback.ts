/** Reads that do not hold up the page: pixels go to a buffer of the GPU, and a fence tells when they are there. */
import type { GlContext } from './context';
import type { Texture } from './textures';

/** The elements from `offset` on, after every draw that was issued before. */
export function readPixels({ gl, webgl2 }: GlContext, texture: Texture, offset: number, size: number): Promise<Float32Array> {
  const rowLength = texture.width * 4;
  const firstRow = Math.floor(offset / rowLength);
  const rows = Math.ceil((offset + size) / rowLength) - firstRow;
  const values = new Float32Array(rows * rowLength);
  const elements = (): Float32Array => values.slice(offset - firstRow * rowLength, offset - firstRow * rowLength + size);
  gl.bindFramebuffer(gl.FRAMEBUFFER, texture.framebuffer);
  if (!webgl2) {
    gl.readPixels(0, firstRow, texture.width, rows, gl.RGBA, gl.FLOAT, values);
    return Promise.resolve(elements());
  }
  const buffer = gl.createBuffer();
  gl.bindBuffer(gl.PIXEL_PACK_BUFFER, buffer);
  gl.bufferData(gl.PIXEL_PACK_BUFFER, values.byteLength, gl.STREAM_READ);
  gl.readPixels(0, firstRow, texture.width, rows, gl.RGBA, gl.FLOAT, 0);
  gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
  const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
  // Without it the driver may keep the commands back for ever.
  gl.flush();
  return passed(gl, fence).then(() => {
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, buffer);
    gl.getBufferSubData(gl.PIXEL_PACK_BUFFER, 0, values);
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
    return elements();
  }).finally(() => {
    gl.deleteSync(fence);
    gl.deleteBuffer(buffer);
  });
}

/** Resolves when what was drawn is there, or the context is lost; where there are no fences the page waits. */
export async function finished({ gl, webgl2 }: GlContext): Promise<void> {
  if (!webgl2) return gl.finish();
  const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
  gl.flush();
  await passed(gl, fence);
  gl.deleteSync(fence);
}

/** Resolves when the GPU has come to the fence, or the context is lost. */
function passed(gl: WebGL2RenderingContext, fence: WebGLSync | null): Promise<void> {
  // Tasks of their own, since a fence's state changes between tasks only.
  const { port1, port2 } = new MessageChannel();
  const again = (): void => port2.postMessage(0);
  return new Promise<void>((resolve) => {
    let asked = 0;
    port1.addEventListener('message', () => {
      const state = !fence || gl.isContextLost() ? gl.WAIT_FAILED : gl.clientWaitSync(fence, 0, 0);
      if (state !== gl.TIMEOUT_EXPIRED) resolve();
      // To ask without pause takes a core from a driver that computes on the processor. A timer that a message sets is not
      // one of a chain, which browsers hold back to 4 ms; those of hidden pages wait for a second.
      else if (asked++ < AT_ONCE || isHidden()) again();
      else setTimeout(again, 1);
    });
    port1.start();
    again();
  }).finally(() => port1.close());
}

/** So often a fence is asked before the first pause. */
const AT_ONCE = 2;

const isHidden = (): boolean => typeof document !== 'undefined' && document.visibilityState === 'hidden';
