// oxlint-disable-next-line unicorn/require-module-specifiers -- nothing is exported yet
export {};
