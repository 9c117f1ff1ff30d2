import type { Dialect } from '../conversation/dialect.ts';
import { decodeMessage, messagesDecoder } from './decode-messages.ts';
import { messagesEmitter, wholeMessage } from './emit-messages.ts';
import { messagesError } from './messages-error.ts';
import { readMessages } from './read-messages.ts';
import { writeMessages } from './write-messages.ts';

/** The Messages API of Anthropic. */
export const messages: Dialect = {
  read: (body, _asked, remarks) => readMessages(body, remarks),
  write: writeMessages,
  decoder: messagesDecoder,
  decode: decodeMessage,
  emitter: messagesEmitter,
  whole: wholeMessage,
  error: messagesError,
};
