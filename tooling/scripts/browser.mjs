// The browser of the browser tests: PARSIMONY_BROWSER, or a Chromium or Chrome that is on the PATH.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

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

/** The browser's path; '' where there is none. */
export function findBrowser() {
  if (process.env.PARSIMONY_BROWSER !== undefined) return process.env.PARSIMONY_BROWSER;
  const candidates = (process.env.PATH ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  return candidates.find(executable) ?? '';
}

function executable(/** @type {string} */ path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
