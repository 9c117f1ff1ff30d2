import { chat } from './chat/chat.ts';
import type { Dialect } from './conversation/dialect.ts';
import { gemini } from './gemini/gemini.ts';
import { messages } from './messages/messages.ts';
import type { Protocol } from './protocol.ts';
import { responses } from './responses/responses.ts';

/** Every API that is spoken. */
export const dialects: Readonly<Record<Protocol, Dialect>> = { messages, responses, chat, 'generate-content': gemini };
