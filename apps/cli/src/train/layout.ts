/** Rows of pixels, [N, H * W], or images, [N, C, H, W]. */
export type Layout = 'flat' | 'image';
export const layouts = ['flat', 'image'] as const;
