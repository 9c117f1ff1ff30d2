import type { EventBody } from '../evidence/event.ts';
import type { GateChoice } from '../line/line.ts';

export type OpenedGate = Extract<EventBody, { type: 'gate.opened' }>;

/** Who asks something of the factory. An agent's credential is no person's, whatever roles it was given. */
export interface Actor {
  readonly name: string;
  readonly kind: 'person' | 'agent';
  /** '*' stands for every role: whoever owns the factory's database can do anything anyway. */
  readonly roles: readonly string[];
}

export interface Answer {
  readonly choice: GateChoice;
  /** What a rejection wants done, or the answer itself. */
  readonly note: string;
  /** Digest of the evidence that the person was shown. */
  readonly digest: string;
  readonly actor: Actor;
  /** ISO time. */
  readonly at: string;
}

/** Where the gate stands when the answer comes. */
export interface GateStanding {
  readonly gate: OpenedGate;
  /** Digest of the evidence as it is now. */
  readonly digest: string;
  /** How the gate was closed, or null while it is open. */
  readonly closed: string | null;
}

export type Ruling = { readonly kind: 'taken'; readonly role: string } | { readonly kind: 'refused'; readonly why: string; readonly mend: string };

/**
 * Says whether a gate takes an answer. It fails closed: anything that is not plainly a right answer is refused.
 *
 * @example
 * rule(standing, { ...answer, actor: { name: 'coder', kind: 'agent', roles: ['reviewer'] } }).kind; // 'refused'
 */
export function rule({ gate, digest, closed }: GateStanding, answer: Answer): Ruling {
  const { actor, choice } = answer;
  const name = `Gate ${gate.gate}`;
  if (actor.kind !== 'person') return refused(`${name} is a person's to answer, and ${actor.name} is an agent.`, 'Let a person answer it.');
  if (closed !== null) return refused(`${name} is closed: ${closed}.`, 'List the open gates: jidoka gates');
  if (answer.at >= gate.expiresAt) return refused(`${name} expired at ${gate.expiresAt}.`, 'Run the job again with --again to be asked anew.');
  const role = gate.roles.find((wanted) => actor.roles.includes(wanted) || actor.roles.includes('*'));
  if (role === undefined)
    return refused(
      `${name} is for ${gate.roles.join(' or ')}, and ${actor.name} is ${actor.roles.join(', ') || 'without a role'}.`,
      `Ask somebody who is ${gate.roles.join(' or ')}.`,
    );
  if (!gate.choices.includes(choice)) return refused(`${name} cannot be answered with "${choice}".`, `Choose of: ${gate.choices.join(', ')}.`);
  if (choice !== 'approve' && answer.note.trim() === '') return refused(`"${choice}" needs words.`, 'Say what is to be done with --note.');
  if (answer.digest !== gate.digest || digest !== gate.digest)
    return refused(
      `${name} is about the evidence ${gate.digest.slice(0, 12)}, not ${(answer.digest === gate.digest ? digest : answer.digest).slice(0, 12)}.`,
      'Look at the gate again and answer what it shows.',
    );
  return { kind: 'taken', role };
}

function refused(why: string, mend: string): Ruling {
  return { kind: 'refused', why, mend };
}
