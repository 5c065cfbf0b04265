/** WebGPU for tests in Node: Dawn on whatever Vulkan driver there is, or on the SwiftShader that comes with Chromium. */
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findAdapter } from './context';

const swiftShader = ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/usr/lib64/chromium', '/opt/google/chrome'].map((folder) => join(folder, 'vk_swiftshader_icd.json'));

/**
 * Why there is no WebGPU here, undefined where there is. Must come before anything else opens a device: the driver is named by
 * environment variables, which are read once. `VK_DRIVER_FILES` of one's own is left as it is.
 */
export async function withoutWebGpu(): Promise<string | undefined> {
  process.env.VK_DRIVER_FILES ??= swiftShader.find((file) => existsSync(file)) ?? '';
  if (process.env.VK_DRIVER_FILES === '') delete process.env.VK_DRIVER_FILES;
  process.env.XDG_RUNTIME_DIR ??= mkdtempSync(join(tmpdir(), 'parsimony-webgpu-'));
  const found = await findAdapter();
  return typeof found === 'string' ? found : undefined;
}
