/** `plain`: no regularizer. `regularized`: with the plugins, and the regularizers of the network. */
export const runNames = ['plain', 'regularized'] as const;
export type RunName = (typeof runNames)[number];
