/** Which Chromium runs the browser tests, and with which flags. */
import { findBrowser } from '../scripts/browser.mjs';

export { chromiumFlags } from '../scripts/browser.mjs';

export const chromium = findBrowser();

/** What makes a page cross-origin isolated, so that it may share memory with its workers. */
export const isolationHeaders = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};
