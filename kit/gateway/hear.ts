import { type Heard, type Members, membersOf } from './frames.ts';
import { hearMessage, hearMessages, hearResponse, hearResponses } from './hear-named.ts';
import { hearChat, hearCompletion, hearContent, hearGemini } from './hear-plain.ts';
import type { LaneProtocol } from './lane.ts';

const streams: Readonly<Record<LaneProtocol, (stream: string) => Heard>> = {
  messages: hearMessages,
  responses: hearResponses,
  chat: hearChat,
  'generate-content': hearGemini,
};
const wholes: Readonly<Record<LaneProtocol, (body: Members) => Heard>> = {
  messages: hearMessage,
  responses: hearResponse,
  chat: hearCompletion,
  'generate-content': hearContent,
};

/** What a caller hears of a stream; fails where the stream breaks a rule of its API. */
export function heardStream(protocol: LaneProtocol, stream: string): Heard {
  return streams[protocol](stream);
}

/** What a caller hears of an answer in one piece. */
export function heardWhole(protocol: LaneProtocol, body: unknown): Heard {
  return wholes[protocol](membersOf(body));
}
