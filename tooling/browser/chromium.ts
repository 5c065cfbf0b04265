/** Which Chromium runs the browser tests, and with which flags. */
import { findBrowser } from '../scripts/browser.mjs';

export const chromium = findBrowser();

/** WebGL2 and WebGPU on SwiftShader, which needs no graphics card. */
export const chromiumFlags = [
  '--no-sandbox',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
];

/** What makes a page cross-origin isolated, so that it may share memory with its workers. */
export const isolationHeaders = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};
