import { expect, test } from 'vitest';
import { deviceEvents } from '../events';
import { defineProgram } from '../program';
import { HostDevice } from './host';

const copied = defineProgram({ name: 'copied', inputs: ['x'], code: ({ x }) => ({ value: x('$i') }) });
/** gpu.js's WebAssembly takes no arguments of this type: it runs this in mode cpu. */
const program = { ...copied, argumentTypes: ['Array1D(2)', 'Integer'] } as unknown as typeof copied;

test('a kernel that gpu.js gives to another mode is an error where strict, at every call', async () => {
  const device = new HostDevice('webasm', deviceEvents('webasm', { strict: true }));
  const operand = () => ({ handle: device.allocate(4), offset: 0, size: 4 });
  const [x, y] = [operand(), operand()];
  for (let call = 0; call < 2; call++) {
    expect(() => device.run(program, { inputs: [x], output: y })).toThrow(/^gpu: gpu.js runs kernel 'copied' in another mode than 'webasm': ./);
  }
  expect(await device.read(y)).toEqual(new Float32Array(4));
  await device.dispose();
});
