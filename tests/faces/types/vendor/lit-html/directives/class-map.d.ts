export const classMap: (classes: Record<string, unknown>) => unknown;
