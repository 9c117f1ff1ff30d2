import { type Fault, faultOf } from './fault.ts';

/** The fault of an upstream that sent something else than an answer; tells its first words. */
export function noAnswer(text: string): Fault {
  const words = text
    .slice(0, 4_000)
    .replace(/<(script|style)[^]*?<\/\1>/gi, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  if (words === '') return faultOf('malformed', 'The model’s server sent no answer at all.');
  return faultOf('malformed', `The model’s server sent something that is no answer: ${words.slice(0, 160)}`);
}

/** A text as JSON; undefined where it is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
