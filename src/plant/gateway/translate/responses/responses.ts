import type { Dialect } from '../conversation/dialect.ts';
import { openaiError } from '../conversation/openai-error.ts';
import { decodeResponse, responsesDecoder } from './decode-responses.ts';
import { responsesEmitter, wholeResponse } from './emit-responses.ts';
import { readResponses } from './read-responses.ts';
import { writeResponses } from './write-responses.ts';

/** The Responses API of OpenAI. */
export const responses: Dialect = {
  read: (body, _asked, remarks) => readResponses(body, remarks),
  write: writeResponses,
  decoder: responsesDecoder,
  decode: decodeResponse,
  emitter: responsesEmitter,
  whole: wholeResponse,
  error: openaiError,
};
