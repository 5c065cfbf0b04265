/** What the tests of image files share. */

export const fromBase64 = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

/** The largest difference of two values; infinite of other lengths. */
export const furthest = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  (a.length === b.length ? Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? Number.NaN))), 0) : Infinity);

/** [H, W, 3] of waves and noise: a file of some length in every format. */
export const photograph = (width: number, height: number): Uint8Array =>
  Uint8Array.from({ length: 3 * width * height }, (_, i) => 120 + 90 * Math.sin(i / 40) + ((i * 7919) % 31));
