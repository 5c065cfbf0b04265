// Int32 division truncated towards zero, through float64; a zero divisor saturates and never traps.

export function divide4(a: v128, b: v128): v128 {
  const low = f64x2.div(f64x2.convert_low_i32x4_s(a), f64x2.convert_low_i32x4_s(b));
  const ha = i32x4.shuffle(a, a, 2, 3, 2, 3);
  const hb = i32x4.shuffle(b, b, 2, 3, 2, 3);
  const high = f64x2.div(f64x2.convert_low_i32x4_s(ha), f64x2.convert_low_i32x4_s(hb));
  return i32x4.shuffle(i32x4.trunc_sat_f64x2_s_zero(low), i32x4.trunc_sat_f64x2_s_zero(high), 0, 1, 4, 5);
}
