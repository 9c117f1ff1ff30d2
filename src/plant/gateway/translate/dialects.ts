import { chat } from './chat/chat.ts';
import type { Dialect, Outbound } from './conversation/dialect.ts';
import { gemini } from './gemini/gemini.ts';
import { messages } from './messages/messages.ts';
import type { Protocol, Tongue } from './protocol.ts';
import { responses } from './responses/responses.ts';
import { sdk } from './sdk/sdk.ts';

/** Every API that is spoken. */
export const dialects: Readonly<Record<Protocol, Dialect>> = { messages, responses, chat, 'generate-content': gemini };

/** Everything that an upstream is asked in. */
export const outbound: Readonly<Record<Tongue, Outbound>> = { ...dialects, sdk };
