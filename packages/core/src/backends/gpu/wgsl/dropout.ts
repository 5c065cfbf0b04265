/** Dropout's mask drawn on the device: WGSL's u32 multiply exactly, so that its Philox gives the bits of the host's. A block of eight draws is a thread. */
import { wgslProgram } from '../program';
import { THREADS } from './registers';

export const drawn = wgslProgram({
  name: 'dropout',
  inputs: ['x'],
  ints: ['threshold', 'k0', 'k1', 'c1', 'c2', 'c3', 'size'],
  floats: ['scale'],
  wgsl: {
    counted: 'threads',
    count: ({ output: { size } }) => Math.ceil(size / 8),
    source: `
fn high(m: u32, a: u32) -> u32 {
  let mh = m >> 16u; let ml = m & 0xffffu; let ah = a >> 16u; let al = a & 0xffffu;
  let mid = ah * ml + ((al * ml) >> 16u);
  let cross_ = al * mh + (mid & 0xffffu);
  return ah * mh + (mid >> 16u) + (cross_ >> 16u);
}
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) place: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) index: u32) {
  let number = (place.y * groups.x + place.x) * ${THREADS} + index;
  if (number >= call.header.x) { return; }
  var block = vec4<u32>(number, u32(call.c1), u32(call.c2), u32(call.c3));
  var key = vec2<u32>(u32(call.k0), u32(call.k1));
  for (var round_ = 0; round_ < 10; round_++) {
    block = vec4<u32>(
      high(0xcd9e8d57u, block.z) ^ block.y ^ key.x, 0xcd9e8d57u * block.z,
      high(0xd2511f53u, block.x) ^ block.w ^ key.y, 0xd2511f53u * block.x);
    key += vec2<u32>(0x9e3779b9u, 0xbb67ae85u);
  }
  let first = i32(number) * 8;
  for (var draw = 0; draw < min(8, call.size - first); draw++) {
    let word = block[draw / 2];
    let bits = select(word >> 16u, word & 0xffffu, draw % 2 == 0);
    let kept = select(0.0, 1.0, bits >= u32(call.threshold));
    result[first + draw] = x[call.x_o + first + draw] * kept * call.scale;
  }
}`,
  },
});
