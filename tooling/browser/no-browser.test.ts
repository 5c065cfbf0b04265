/** Stands for all browser tests where no browser is installed. */
import { expect, test } from 'vitest';
import { chromium } from './chromium.ts';

const reason = 'the browser tests need Chromium or Chrome on the PATH, or its path in PARSIMONY_BROWSER; none was found';
process.stdout.write(`SKIPPED: ${reason}.\n`);

test.skipIf(chromium === '')(reason, () => expect(chromium).not.toBe(''));
