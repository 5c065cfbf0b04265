// Rows of pixels elsewhere. A loop of 16 bytes may end in what comes behind a row, where the next one is written after it.

/** The rows in reverse order, each of n bytes. */
export function flipRows(from: usize, to: usize, rows: usize, n: usize): void {
  let row = from + rows * n;
  for (const end = to + rows * n; to < end; to += n) {
    row -= n;
    for (let x: usize = 0; x < n; x += 16) v128.store(to + x, v128.load(row + x));
  }
}

/** Each row of n bytes in reverse order. Up to 15 bytes in front of the first are read. */
export function mirrorRows(from: usize, to: usize, rows: usize, n: usize): void {
  for (const end = to + rows * n; to < end; to += n) {
    from += n;
    for (let x: usize = 0; x < n; x += 16) {
      const v = v128.load(from - x - 16);
      v128.store(to + x, i8x16.shuffle(v, v, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
    }
  }
}

/** n bytes of each row, to rows that are `step` bytes apart; nothing else is written. */
export function copyRows(from: usize, stride: usize, to: usize, step: usize, rows: usize, n: usize): void {
  for (const end = to + rows * step; to < end; to += step) {
    if (n < 16) {
      for (let x: usize = 0; x < n; x++) store<u8>(to + x, load<u8>(from + x));
    } else {
      for (let x: usize = 0; x < n - 16; x += 16) v128.store(to + x, v128.load(from + x));
      v128.store(to + n - 16, v128.load(from + n - 16));
    }
    from += stride;
  }
}
