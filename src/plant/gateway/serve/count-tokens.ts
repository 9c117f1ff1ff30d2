import type { Request } from '../upstream/order-for.ts';
import type { ReplyTo } from './reply-to.ts';

const bytesPerToken = 3.6;
const tokensPerImage = 1500;

/** Guesses how long a prompt is, where no upstream counts it in the caller's protocol. */
export function countTokens(reply: ReplyTo, { protocol, body, asked }: Request): void {
  const tokens = Math.ceil((body.length - asked.imageBytes) / bytesPerToken) + asked.images * tokensPerImage;
  const text = JSON.stringify(protocol === 'messages' ? { input_tokens: tokens } : { totalTokens: tokens });
  reply.head(200, { 'content-type': 'application/json', 'content-length': String(text.length) });
  reply.end(text);
}
