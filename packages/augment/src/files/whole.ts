/** Refuses truncated files that a decoder may accept, showing what there is of them. */

const startsWith = (bytes: Uint8Array, ...values: readonly number[]): boolean => values.every((value, i) => bytes[i] === value);

export function checkWhole(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = startsWith(bytes, 0x89, 0x50, 0x4e, 0x47) ? pngEnds(view)
    : startsWith(bytes, 0xff, 0xd8) ? jpegEnds(view)
      : startsWith(bytes, 0x52, 0x49, 0x46, 0x46) ? bytes.length >= 8 && 8 + view.getUint32(4, true) <= bytes.length
        : true;
  if (!whole) throw new Error('truncated');
}

/** Chunks of a length, a name, that many bytes and a checksum, up to the chunk IEND. */
function pngEnds(view: DataView): boolean {
  let at = 8;
  while (at + 12 <= view.byteLength) {
    if (view.getUint32(at + 4) === 0x49454e44) return true;
    at += 12 + view.getUint32(at);
  }
  return false;
}

/** Segments of a marker, a length and that many bytes, then the scans: a marker of the end stands behind the first one's beginning. */
function jpegEnds(view: DataView): boolean {
  let at = 2;
  while (at + 4 <= view.byteLength && view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) at += 1; // A byte of filling.
    else if (marker === 0xda) break;
    else at += 2 + view.getUint16(at + 2);
  }
  // Inside a scan 0xff is followed by 0 or a restart; an embedded thumbnail lies in a segment before.
  for (let i = at; i + 1 < view.byteLength; i++) if (view.getUint8(i) === 0xff && view.getUint8(i + 1) === 0xd9) return true;
  return false;
}
