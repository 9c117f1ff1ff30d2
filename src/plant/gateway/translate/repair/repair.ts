import type { Conversation, Part, Text, Turn } from '../conversation/conversation.ts';
import type { Remarks } from '../conversation/remarks.ts';
import type { Upstream } from '../conversation/upstream.ts';
import type { Tongue } from '../protocol.ts';
import { fittingIds } from './fitting-ids.ts';
import { type FittingNames, fittingNames } from './fitting-names.ts';
import { paired } from './pair.ts';

export interface Repaired {
  readonly conversation: Conversation;
  readonly names: FittingNames;
}

/** Brings a conversation into an order and a form that every API takes, losing nothing of it. */
export function repaired(conversation: Conversation, to: Tongue, upstream: Upstream, remarks: Remarks): Repaired {
  const names = fittingNames(conversation, to);
  const { system, turns } = withoutLeadingSystem(names.conversation);
  const seen = turns.map(({ role, parts }) => ({ role, parts: withMedia(parts, upstream, remarks) }));
  const isKept = keptBy(to, upstream);
  const kept = seen.map(({ role, parts }) => ({ role, parts: parts.filter(isKept).map((part) => withoutInner(part, isKept)) }));
  const whole = fittingIds(paired(joined(kept), remarks), to).map((turn) => (takesSystemTurns(to) ? turn : spoken(turn)));
  return { conversation: { ...names.conversation, system, turns: joined(whole) }, names };
}

/** Elsewhere only people and models speak in a conversation, or many servers hold that it is so. */
function takesSystemTurns(to: Tongue): boolean {
  return to === 'responses';
}

/** Instructions before the conversation are no part of it, unless there is nothing else. */
function withoutLeadingSystem({ system, turns }: Conversation): Pick<Conversation, 'system' | 'turns'> {
  const first = turns.findIndex(({ role }) => role !== 'system');
  if (first === -1) return { system, turns: turns.map(({ parts }) => ({ role: 'user', parts })) };
  const texts = turns.slice(0, first).flatMap(({ parts }) => parts.flatMap((part) => (part.kind === 'text' ? [part.text] : [])));
  return { system: [...system, ...texts].filter((text) => text.trim() !== ''), turns: turns.slice(first) };
}

/** Instructions in the midst of a conversation, said by its user. */
function spoken({ role, parts }: Turn): Turn {
  if (role !== 'system' || parts.length === 0) return { role, parts };
  const text = parts.flatMap((part) => (part.kind === 'text' ? [part.text] : [])).join('\n\n');
  return { role: 'user', parts: [{ kind: 'text', text: `<system-reminder>\n${text}\n</system-reminder>` }] };
}

/** Thoughts go back to who made them, and are nobody else's. Empty texts are refused by some APIs and say nothing to any. */
function keptBy(to: Tongue, { family }: Upstream): (part: Part) => boolean {
  return (part) => {
    if (part.kind === 'thought') return part.keepsake?.form === to && part.keepsake.family === family && part.keepsake.data !== null;
    return part.kind !== 'text' || part.text.trim() !== '';
  };
}

/** A model that takes no pictures is told where one was: without it, what is said about it means something else. */
function withMedia(parts: readonly Part[], upstream: Upstream, remarks: Remarks): readonly Part[] {
  if (upstream.images) return parts;
  const told = <T extends Part>(part: T): T | Text => {
    if (part.kind !== 'media') return part;
    remarks.leaveOut(`${part.type}: the model takes none`);
    return { kind: 'text', text: `[Here is ${part.type} that you cannot be shown.]` };
  };
  return parts.map((part) => told(part.kind === 'result' ? { ...part, content: part.content.map(told) } : part));
}

/** The same for what stands in results. */
function withoutInner(part: Part, isKept: (part: Part) => boolean): Part {
  return part.kind === 'result' ? { ...part, content: part.content.filter(isKept) } : part;
}

/** Neighbours of one role are one turn. */
function joined(turns: readonly Turn[]): readonly Turn[] {
  const out: { role: Turn['role']; parts: Part[] }[] = [];
  for (const { role, parts } of turns) {
    const last = out.at(-1);
    if (parts.length === 0) continue;
    if (last?.role === role) last.parts.push(...parts);
    else out.push({ role, parts: [...parts] });
  }
  return out;
}
