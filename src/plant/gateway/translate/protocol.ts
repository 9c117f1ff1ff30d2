/** The model APIs that are spoken on both sides. */
export const protocols = ['messages', 'responses', 'chat', 'generate-content'] as const;
export type Protocol = (typeof protocols)[number];

/** A JSON object, before or after it is one. Members whose value is undefined are left out when it is written. */
export type Members = { readonly [key: string]: unknown };
