export const ifDefined: (value: unknown) => unknown;
