import type { Outbound } from '../conversation/dialect.ts';
import { decodeResult, partsDecoder } from './decode-parts.ts';
import { writeCall } from './write-call.ts';

/** The calls of a package of the AI SDK, of the generation `LanguageModelV3`. It speaks to its provider; its parts come as a stream of events. */
export const sdk: Outbound = { write: writeCall, decoder: partsDecoder, decode: decodeResult };
