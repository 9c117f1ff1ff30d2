import { type Dialect, frame } from '../dialect.ts';
import { openaiError } from '../openai-error.ts';
import { readChat } from './read-chat.ts';
import { completionFrames, wholeCompletion } from './write-chat.ts';

/** The Chat Completions API of OpenAI, which many others speak. */
export const chat: Dialect = {
  read: readChat,
  whole: wholeCompletion,
  frames: completionFrames,
  error: openaiError,
  errorFrames: (error) => [frame(null, openaiError(error))],
  tokens: (count) => ({ prompt_tokens: count }),
};
