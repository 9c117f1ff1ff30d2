import { type ModelCall, saidTo } from '../call.ts';
import type { ReplyPart } from '../reply.ts';
import { valueFor } from '../tools/fill-arguments.ts';
import { summaryMark } from './recognise.ts';
import type { SideCall } from './side-call.ts';

/** Answers a side call: in the form that it demands, or in few words. `conversation` is the one that it belongs to, where that is known. */
export function sideReply(side: SideCall, call: ModelCall, conversation: string | null): readonly ReplyPart[] {
  if (call.schema !== null) return [{ kind: 'text', text: JSON.stringify(valueFor(call.schema, 'as the model twin says')) }];
  return [{ kind: 'text', text: side === 'summary' ? summary(call, conversation) : words[side] }];
}

const words: Readonly<Record<Exclude<SideCall, 'summary'>, string>> = {
  title: 'Work on the model twin',
  suggestion: '',
  judge: '{"outcome":"allow","risk_level":"low","risk_score":1,"rationale":"as the model twin says"}',
  other: 'As the model twin says.',
};

/** Agents take a summary out of the tags that they asked for, and some ask again where these are missing. */
function summary(call: ModelCall, conversation: string | null): string {
  const mark = conversation === null ? '' : ` ${summaryMark(conversation)}`;
  const text = `The work goes on as the script of the model twin has it.${mark}`;
  if (saidTo(call).includes('<state_snapshot>')) return `<state_snapshot>${text}</state_snapshot>`;
  return `<analysis>Nothing is to be added.</analysis>\n<summary>${text}</summary>`;
}
