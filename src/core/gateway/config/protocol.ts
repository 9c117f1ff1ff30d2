import { z } from 'zod';

/** How a model is spoken to, by what is asked for: `messages`, `responses`, `chat` (completions) or `generate-content`. */
export const Protocol = z.enum(['messages', 'responses', 'chat', 'generate-content']);
export type Protocol = z.infer<typeof Protocol>;
