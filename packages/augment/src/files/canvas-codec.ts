/** Images by the browser's own decoders. */
import type { Codec } from './codec';
import { checkWhole } from './whole';

const contextOf = (width: number, height: number): { readonly canvas: OffscreenCanvas; readonly context: OffscreenCanvasRenderingContext2D } => {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error(`no canvas of ${height} x ${width}`);
  return { canvas, context };
};

export const canvasCodec: Codec = {
  async decode(bytes) {
    // Not every browser refuses every truncated file.
    checkWhole(bytes);
    const bitmap = await createImageBitmap(new Blob([bytes as Uint8Array<ArrayBuffer>]), { imageOrientation: 'from-image' });
    const { width, height } = bitmap;
    try {
      const { context } = contextOf(width, height);
      context.fillStyle = '#fff';
      context.fillRect(0, 0, width, height);
      context.drawImage(bitmap, 0, 0);
      return { data: context.getImageData(0, 0, width, height).data, height, width, stride: 4 };
    } finally {
      bitmap.close();
    }
  },
  async encode({ data, height, width }, type, quality) {
    const { canvas, context } = contextOf(width, height);
    context.putImageData(new ImageData(new Uint8ClampedArray(data), width, height), 0, 0);
    const blob = await canvas.convertToBlob({ type: `image/${type}`, quality: quality / 100 });
    return new Uint8Array(await blob.arrayBuffer());
  },
};
