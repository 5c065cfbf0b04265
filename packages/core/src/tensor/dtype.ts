/** Element types. Executors hold every element in four bytes, save the float64 reference; `bool` is 0 or 1. */
export type DType = 'float32' | 'int32' | 'bool';

/** What `data()` gives: `Float64Array` only on the reference executor. */
export type TensorData = Float32Array | Float64Array | Int32Array | Uint8Array;

const rank: Record<DType, number> = { bool: 0, int32: 1, float32: 2 };

/** The wider of two types, by PyTorch's promotion: bool < int32 < float32. */
export const promote = (a: DType, b: DType): DType => (rank[a] >= rank[b] ? a : b);
