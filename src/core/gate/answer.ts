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

export type Ruling =
  | { readonly kind: 'taken'; readonly role: string }
  | { readonly kind: 'refused'; readonly why: string; readonly mend: string };

/**
 * Says whether a gate takes an answer. It fails closed: anything that is not plainly a right answer is refused.
 *
 * @example
 * rule(standing, { ...answer, actor: { name: 'coder', kind: 'agent', roles: ['reviewer'] } }).kind; // 'refused'
 */
export function rule(standing: GateStanding, answer: Answer): Ruling {
  const { gate } = standing;
  const { actor } = answer;
  if (actor.kind !== 'person')
    return refused(`${nameOf(gate)} is a person's to answer, and ${actor.name} is an agent.`, 'Let a person answer it.');
  const late = tooLate(standing, answer);
  if (late !== null) return late;
  const role = gate.roles.find((wanted) => actor.roles.includes(wanted) || actor.roles.includes('*'));
  if (role === undefined) {
    const has = actor.roles.join(', ') || 'without a role';
    const wanted = gate.roles.join(' or ');
    return refused(`${nameOf(gate)} is for ${wanted}, and ${actor.name} is ${has}.`, `Ask somebody who is ${wanted}.`);
  }
  return wrongWords(standing, answer) ?? otherEvidence(standing, answer) ?? { kind: 'taken', role };
}

function tooLate({ gate, closed }: GateStanding, { at }: Answer): Ruling | null {
  if (closed !== null) return refused(`${nameOf(gate)} is closed: ${closed}.`, 'List the open gates: jidoka gates');
  if (Number.isNaN(Date.parse(at))) return refused(`${nameOf(gate)} was answered at no time: "${at}".`, 'Say when, as an ISO time.');
  // An expiry that cannot be read is before nothing, and so counts as passed.
  if (Date.parse(at) < Date.parse(gate.expiresAt)) return null;
  return refused(`${nameOf(gate)} expired at ${gate.expiresAt}.`, 'Run the job again with --again to be asked anew.');
}

function wrongWords({ gate }: GateStanding, { choice, note }: Answer): Ruling | null {
  if (!gate.choices.includes(choice))
    return refused(`${nameOf(gate)} cannot be answered with "${choice}".`, `Choose of: ${gate.choices.join(', ')}.`);
  if (choice === 'approve' || note.trim() !== '') return null;
  return refused(`"${choice}" needs words.`, 'Say what is to be done with --note.');
}

function otherEvidence({ gate, digest }: GateStanding, answer: Answer): Ruling | null {
  if (gate.digest !== '' && answer.digest === gate.digest && digest === gate.digest) return null;
  const other = answer.digest === gate.digest ? digest : answer.digest;
  const why = `${nameOf(gate)} is about the evidence ${gate.digest.slice(0, 12)}, not ${other.slice(0, 12)}.`;
  return refused(why, 'Look at the gate again and answer what it shows.');
}

function nameOf({ gate }: OpenedGate): string {
  return `Gate ${gate}`;
}

function refused(why: string, mend: string): Ruling {
  return { kind: 'refused', why, mend };
}
