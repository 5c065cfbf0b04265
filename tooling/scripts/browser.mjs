// The browser of the browser tests: PARSIMONY_BROWSER, or a Chromium or Chrome that is on the PATH.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

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
