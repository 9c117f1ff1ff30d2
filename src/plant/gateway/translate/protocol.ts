/** The model APIs that are spoken on both sides. */
export const protocols = ['messages', 'responses', 'chat', 'generate-content'] as const;
export type Protocol = (typeof protocols)[number];

/** What an upstream may be asked in: one of these, or the calls of a package of the AI SDK, which speaks to it then. */
export const tongues = [...protocols, 'sdk'] as const;
export type Tongue = (typeof tongues)[number];

/** A JSON object, before or after it is one. Members whose value is undefined are left out when it is written. */
export type Members = { readonly [key: string]: unknown };
