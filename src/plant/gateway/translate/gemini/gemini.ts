import type { Dialect } from '../conversation/dialect.ts';
import { decodeContent, geminiDecoder } from './decode-gemini.ts';
import { geminiEmitter, wholeContent } from './emit-gemini.ts';
import { geminiError } from './gemini-error.ts';
import { readGemini } from './read-gemini.ts';
import { writeGemini } from './write-gemini.ts';

/** The generateContent API of Gemini. */
export const gemini: Dialect = {
  read: readGemini,
  write: writeGemini,
  decoder: geminiDecoder,
  decode: decodeContent,
  emitter: geminiEmitter,
  whole: wholeContent,
  error: geminiError,
};
