/** Division of whole numbers, on which every index rests, in the browser's modes. */
import { expect, test } from 'vitest';
import { openDevice } from './devices/open';
import { wholeQuotients } from './testing';

test.each(['webgl2', 'webgpu'] as const)('quotient in mode %s is that of whole numbers, up to 2^24', async (mode) => {
  const device = await openDevice(mode, { compiling: () => undefined, degraded: (_, why) => expect.unreachable(why) });
  await wholeQuotients(device);
  await device.dispose();
});
