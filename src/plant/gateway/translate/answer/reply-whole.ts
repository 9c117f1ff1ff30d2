import { parsedArguments } from '../conversation/call-input.ts';
import { dialects } from '../dialects.ts';
import type { Members, Protocol } from '../protocol.ts';
import type { ReplyTerms } from '../translate.ts';
import { type Answer, collect } from './collect.ts';
import { decodeWhole } from './decode-whole.ts';
import { saidIn, type Stop, type Usage } from './event.ts';
import { type Fault, faultOf } from './fault.ts';
import { oneByOne } from './one-by-one.ts';
import { inOwnWords } from './own-words.ts';
import { stopAt } from './stop-at.ts';
import { asTold, type Counting } from './told-usage.ts';
import { newVoice, type World } from './world.ts';

/** `said` are characters of what the model said. */
export type ReplyWhole =
  | { readonly kind: 'answer'; readonly body: Members; readonly usage: Usage | null; readonly stop: Stop; readonly said: number }
  | { readonly kind: 'fault'; readonly fault: Fault; readonly usage: Usage | null; readonly said: number };

/** Translates an answer in one piece. */
export function replyWhole(terms: ReplyTerms, text: string, world: World, counted: Counting = asTold): ReplyWhole {
  const events = decodeWhole(terms.to, text);
  const usage = events.findLast((event) => event.kind === 'usage')?.usage ?? null;
  const said = saidIn(events);
  const own = inOwnWords(terms, world.newId);
  const collected = collect(events.flatMap(oneByOne()).flatMap(stopAt(terms.stops)).flatMap(own));
  if (collected.kind === 'fault') return { ...collected, usage, said };
  const answer = { ...collected.answer, usage: counted({ usage, said }) };
  const fault = faultFor(terms.from, answer);
  if (fault !== null) return { kind: 'fault', fault, usage, said };
  return { kind: 'answer', body: dialects[terms.from].whole(answer, newVoice(terms, world)), usage, stop: answer.stop, said };
}

/** Where arguments are an object there is no way to say what is none; another try may go better. */
function faultFor(from: Protocol, { blocks }: Answer): Fault | null {
  if (from !== 'messages') return null;
  const broken = blocks.find((block) => block.kind === 'call' && parsedArguments(block.text) === null);
  return broken?.kind === 'call' ? faultOf('server', `The model called ${broken.name} with arguments that are no JSON object.`) : null;
}
