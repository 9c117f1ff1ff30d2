import type { Conversation, Part, Turn } from '../conversation/conversation.ts';
import type { Remarks } from '../conversation/remarks.ts';
import type { Upstream } from '../conversation/upstream.ts';
import type { Protocol } from '../protocol.ts';
import { fittingIds } from './fitting-ids.ts';
import { type FittingNames, fittingNames } from './fitting-names.ts';
import { paired } from './pair.ts';

export interface Repaired {
  readonly conversation: Conversation;
  readonly names: FittingNames;
}

/** Brings a conversation into an order and a form that every API takes, losing nothing of it. */
export function repaired(conversation: Conversation, to: Protocol, upstream: Upstream, remarks: Remarks): Repaired {
  const names = fittingNames(conversation, to);
  const { system, turns } = withoutLeadingSystem(names.conversation);
  const kept = turns.map((turn) => ({ ...turn, parts: turn.parts.filter((part) => isKept(part, to, upstream, remarks)) }));
  const whole = fittingIds(paired(joined(kept), remarks), to).map((turn) => (takesSystemTurns(to) ? turn : spoken(turn)));
  return { conversation: { ...names.conversation, system, turns: joined(whole) }, names };
}

/** Elsewhere only people and models speak in a conversation, or many servers hold that it is so. */
function takesSystemTurns(to: Protocol): boolean {
  return to === 'responses';
}

/** Instructions before the conversation are no part of it. */
function withoutLeadingSystem({ system, turns }: Conversation): Pick<Conversation, 'system' | 'turns'> {
  const first = turns.findIndex(({ role }) => role !== 'system');
  const leading = turns.slice(0, first === -1 ? turns.length : first);
  const texts = leading.flatMap(({ parts }) => parts.flatMap((part) => (part.kind === 'text' ? [part.text] : [])));
  return { system: [...system, ...texts], turns: turns.slice(leading.length) };
}

/** Instructions in the midst of a conversation, said by its user. */
function spoken({ role, parts }: Turn): Turn {
  if (role !== 'system' || parts.length === 0) return { role, parts };
  const text = parts.flatMap((part) => (part.kind === 'text' ? [part.text] : [])).join('\n\n');
  return { role: 'user', parts: [{ kind: 'text', text: `<system-reminder>\n${text}\n</system-reminder>` }] };
}

/** Thoughts go back to who made them, and are nobody else's. Empty texts are refused by some APIs and say nothing to any. */
function isKept(part: Part, to: Protocol, upstream: Upstream, remarks: Remarks): boolean {
  if (part.kind === 'thought') return part.keepsake?.form === to && part.keepsake.family === upstream.family && part.keepsake.data !== null;
  if (part.kind === 'text') return part.text.trim() !== '';
  if (part.kind !== 'media' || upstream.images) return true;
  remarks.leaveOut(`${part.type}: the model takes none`);
  return false;
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
