import { reviewFindings, type ReviewFinding } from '../evidence/findings.ts';
import type { Fact, FactOf } from '../evidence/fact.ts';
import { failureClasses } from '../evidence/fact.ts';
import type { CheckName } from '../evidence/check.ts';
import { playedBy } from '../line/stations.ts';
import type { TaskPacket } from '../packet/packet.ts';
import type { Reason, Verdict } from './verdict.ts';

export interface Decision {
  readonly verdict: Verdict;
  readonly reason: Reason;
}

/** What a verdict may rest on: the packet, and what the factory itself observed. A claim does not fit in here. */
export interface Observed {
  readonly facts: readonly Fact[];
  /** Whether a change was harvested and is not empty. */
  readonly change: 'present' | 'absent';
}

/**
 * Decides a run from facts alone. Each verdict has a proof obligation; what is not proved ends in ESCALATE.
 *
 * @example
 * decide(packet, { facts: [], change: 'absent' }).verdict; // 'ESCALATE'
 */
export function decide(packet: TaskPacket, observed: Observed): Decision {
  return (
    decideCancelled(observed.facts) ??
    decideFindings(packet, observed.facts) ??
    decideEnvironment(observed.facts) ??
    decideSeed(observed.facts) ??
    decidePeople(observed.facts) ??
    decideNoOp(packet, observed.facts) ??
    decideIncomplete(packet, observed.facts) ??
    decideStation(observed) ??
    notPlayedBack(decideValidation(packet, observed.facts), observed.facts)
  );
}

/** What a person took back stays so, whatever else was found until then. */
function decideCancelled(facts: readonly Fact[]): Decision | null {
  const cancelled = facts.find(({ check, code }) => check === 'person' && code === 'cancelled');
  return cancelled === undefined ? null : { verdict: 'ESCALATE', reason: reasonOf(cancelled) };
}

/** A step that could not be done at all: try again where that may help, else ask a person. */
function decideEnvironment(facts: readonly Fact[]): Decision | null {
  const failure = last(facts, 'environment');
  if (failure?.outcome !== 'broken') return null;
  const { class: kind, attempts } = failure.data;
  if (!failureClasses[kind].retryable) return { verdict: 'ESCALATE', reason: reasonOf(failure) };
  const tries = attempts === 1 ? 'once' : `${attempts} times`;
  return { verdict: 'RETRYABLE_FAILURE', reason: { code: failure.code, message: `${failure.summary} Tried ${tries}.` } };
}

function decideSeed(facts: readonly Fact[]): Decision | null {
  const seed = last(facts, 'seed');
  return seed?.outcome === 'broken' ? { verdict: 'ESCALATE', reason: reasonOf(seed) } : null;
}

/** What a person refused, or did not answer in time, does not go out. */
function decidePeople(facts: readonly Fact[]): Decision | null {
  const refusal = facts.find((fact) => fact.check === 'person' && fact.outcome === 'broken');
  return refusal === undefined ? null : { verdict: 'ESCALATE', reason: reasonOf(refusal) };
}

/** Nothing was owed, if a rule of the packet says so and the factory proved it. */
function decideNoOp(packet: TaskPacket, facts: readonly Fact[]): Decision | null {
  const noOp = last(facts, 'no-op');
  if (noOp === undefined) return null;
  const rule = packet.noOpRules.find((candidate) => candidate.code === noOp.data.rule);
  const proved = noOp.outcome === 'holds' && noOp.data.proof.length > 0 && rule !== undefined;
  if (proved) return { verdict: 'NO_OP', reason: reasonOf(noOp) };
  const why = rule === undefined ? `the packet has no rule "${noOp.data.rule}"` : 'the factory could not prove it';
  return { verdict: 'ESCALATE', reason: { code: 'no-op-unproven', message: `Nothing seems owed, but ${why}: ${noOp.summary}` } };
}

/** What stands against a branch goes to a person, also where the rest of it could not be looked at. */
function decideFindings(packet: TaskPacket, facts: readonly Fact[]): Decision | null {
  if (packet.source.kind !== 'branch') return null;
  const against = found(packet, facts);
  const [first] = against.filter(({ check }) => check !== 'environment');
  if (first === undefined) return null;
  const count = against.length === 1 ? '1 finding stands' : `${against.length} findings stand`;
  const others = new Set(against.map(({ check }) => check).filter((check) => check !== first.check));
  const also = others.size === 0 ? '' : ` Also of: ${[...others].join(', ')}.`;
  return {
    verdict: 'ESCALATE',
    reason: { code: 'findings', message: `${count} against it. First, of ${first.check}: ${placed(first)}${also}` },
  };
}

/** Nothing was found, and nothing proved that there is nothing: a stage did not come to its end, or a demanded check was not made. */
function decideIncomplete(packet: TaskPacket, facts: readonly Fact[]): Decision | null {
  if (packet.source.kind !== 'branch') return null;
  const [first] = blocking(packet, facts);
  const why = first === undefined ? 'a stage of it did not come to its end' : first.message;
  return { verdict: 'ESCALATE', reason: { code: 'review-incomplete', message: `The review is not complete: ${why}` } };
}

/** What stands in the way of a branch; demands that no fact answers are among it. */
export function blocking(packet: TaskPacket, facts: readonly Fact[]): readonly ReviewFinding[] {
  const unmade = packet.validation.filter(({ check, demand }) => demand === 'must-hold' && !facts.some((fact) => fact.check === check));
  const missing = unmade.flatMap(({ check }) =>
    objection(facts, check, 'must-hold').map(({ code, message }): ReviewFinding => ({
      check,
      rule: code,
      file: '',
      line: 0,
      weight: 'blocks',
      message,
    })),
  );
  return [...found(packet, facts), ...missing];
}

function found(packet: TaskPacket, facts: readonly Fact[]): readonly ReviewFinding[] {
  return reviewFindings(packet, facts).filter(({ weight }) => weight === 'blocks');
}

function placed({ file, line, message }: ReviewFinding): string {
  return file === '' ? message : `${file}:${line}: ${message}`;
}

function decideStation(observed: Observed): Decision | null {
  const station = last(observed.facts, 'station');
  if (station?.outcome === 'broken') return { verdict: 'ESCALATE', reason: reasonOf(station) };
  if (observed.change === 'present') return null;
  // A line may have no change to begin with; what its stages object to comes first.
  const [objected] = ownStages.flatMap((check) => objection(observed.facts, check, 'must-not-break'));
  if (objected !== undefined) return { verdict: 'ESCALATE', reason: objected };
  return {
    verdict: 'ESCALATE',
    reason: { code: 'no-change', message: 'The station left no change, and nothing proves that none was owed.' },
  };
}

/**
 * What was played back from the record of another run shows what the factory would find, and that nobody worked: it is
 * never ready to merge, whatever holds of it.
 */
function notPlayedBack(decision: Decision, facts: readonly Fact[]): Decision {
  if (decision.verdict !== 'PR_READY') return decision;
  const stations = facts.flatMap((fact) => ('station' in fact.data ? [fact.data.station] : []));
  const replay = stations.find((station) => playedBy(station) === 'replay');
  if (replay === undefined) return decision;
  const message = `The station ${replay} was played back, and a replay is never ready to merge. What was found of it: ${decision.reason.message}`;
  return { verdict: 'ESCALATE', reason: { code: 'replayed', message } };
}

/** Checks that stages of a line make by themselves: what they find broken counts, though no demand names them. */
const ownStages = ['command', 'runs', 'reproduction', 'review', 'flakiness'] as const satisfies readonly CheckName[];

function decideValidation(packet: TaskPacket, facts: readonly Fact[]): Decision {
  const asked = new Set(packet.validation.map(({ check }) => check));
  const implied = ownStages.filter((check) => !asked.has(check)).map((check) => ({ check, demand: 'must-not-break' as const }));
  const demands = [...packet.validation, ...implied];
  const against = demands.flatMap(({ check, demand }) => (demand === 'report' ? [] : objection(facts, check, demand)));
  const [first, ...rest] = against;
  if (first === undefined) return { verdict: 'PR_READY', reason: readyReason(packet, facts) };
  const also = rest.length === 0 ? '' : ` Also: ${rest.map((reason) => reason.code).join(', ')}.`;
  return { verdict: 'ESCALATE', reason: { code: first.code, message: `${first.message}${also}` } };
}

/** What a check has against the change: nothing, its break, or that it was not made. */
function objection(facts: readonly Fact[], check: CheckName, demand: 'must-hold' | 'must-not-break'): Reason[] {
  const made = facts.filter((fact) => fact.check === check);
  const broken = made.filter((fact) => fact.outcome === 'broken').map(reasonOf);
  if (broken.length > 0 || demand === 'must-not-break') return broken;
  const unknown = made.filter((fact) => fact.outcome === 'unknown').map(reasonOf);
  if (made.length > 0) return unknown;
  return [{ code: 'check-missing', message: `The check "${check}" was not made, and the packet demands that it holds.` }];
}

function readyReason(packet: TaskPacket, facts: readonly Fact[]): Reason {
  const demanded = packet.validation.filter(({ demand }) => demand !== 'report');
  const held = demanded.filter(({ check }) => last(facts, check)?.outcome === 'holds').length;
  const tests = last(facts, 'tests');
  const shown = tests === undefined ? '' : ` ${tests.summary}`;
  return { code: 'validated', message: `${held} of ${demanded.length} deciding checks hold, none is broken.${shown}` };
}

function reasonOf(fact: Fact): Reason {
  return { code: fact.code, message: fact.summary };
}

function last<Check extends CheckName>(facts: readonly Fact[], check: Check): FactOf<Check> | undefined {
  const isOfCheck = (fact: Fact): fact is Fact & FactOf<Check> => fact.check === check;
  return facts.filter(isOfCheck).at(-1);
}
