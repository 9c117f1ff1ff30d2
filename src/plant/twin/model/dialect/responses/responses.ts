import { type ApiError, type Dialect, frame, type Frame } from '../dialect.ts';
import { openaiError } from '../openai-error.ts';
import { readResponses } from './read-responses.ts';
import { responseFrames, wholeResponse } from './write-responses.ts';

/** The Responses API of OpenAI. */
export const responses: Dialect = {
  read: readResponses,
  whole: wholeResponse,
  frames: responseFrames,
  error: openaiError,
  errorFrames,
  tokens: (count) => ({ object: 'response.input_tokens', input_tokens: count }),
};

/** A client may look at either: the event for errors, or the end of an answer that failed. */
function errorFrames(error: ApiError): readonly Frame[] {
  const { message, code } = openaiError(error).error;
  const response = { id: 'resp_failed', object: 'response', status: 'failed', error: { code, message }, output: [], usage: null };
  return [
    frame('error', { type: 'error', sequence_number: 1_000, code, message, param: null }),
    frame('response.failed', { type: 'response.failed', sequence_number: 1_001, response }),
  ];
}
