import type { Dialect } from '../conversation/dialect.ts';
import { openaiError } from '../conversation/openai-error.ts';
import { chatDecoder, decodeCompletion } from './decode-chat.ts';
import { chatEmitter, wholeCompletion } from './emit-chat.ts';
import { readChat } from './read-chat.ts';
import { writeChat } from './write-chat.ts';

/** The Chat Completions API of OpenAI, which many others speak. */
export const chat: Dialect = {
  read: (body, _asked, remarks) => readChat(body, remarks),
  write: writeChat,
  decoder: chatDecoder,
  decode: decodeCompletion,
  emitter: chatEmitter,
  whole: wholeCompletion,
  error: openaiError,
};
