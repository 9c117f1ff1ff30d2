import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleLine } from '../../../kit/evidence/index.ts';
import { assertNever } from '../base/assert-never.ts';
import type { EventBody, StageOutcome } from '../evidence/event.ts';
import { Line, type Join, type Stage } from './line.ts';
import { joinedRuns, next, type Command } from './next.ts';
import { advance, fold, initialState, type RunState } from './state.ts';

/** Small numbers that every choice of a history is taken from, in a circle, so that fewer make a simpler history. */
type Choose = (count: number) => number;

const kinds = ['applicability', 'command', 'command', 'gate', 'runs', 'inspection', 'change'] as const;
const objections = ['it is wrong', 'it is worse'] as const;

const lines: fc.Arbitrary<Line> = fc
  .array(fc.array(fc.nat({ max: 997 }), { minLength: 8, maxLength: 8 }), { minLength: 1, maxLength: 8 })
  .map(lineOf);
const histories = fc.array(fc.nat({ max: 9973 }), { minLength: 1, maxLength: 80 });

function lineOf(rows: readonly (readonly number[])[]): Line {
  const stages: Stage[] = [];
  for (const row of rows) stages.push(stageOf(row, stages));
  return Line.parse({ ...sampleLine, stages });
}

/** A stage after some of those before it, with a join, and a way back where it has ancestors. */
function stageOf(
  [kind = 0, mask = 0, join = 0, back = 0, atMost = 0, named = 0, items = 0, runsJoin = 0]: readonly number[],
  earlier: readonly Stage[],
): Stage {
  const after = earlier.filter((_, at) => (mask >> (at % 8)) % 2 === 1).map(({ id }) => id);
  const does = kinds[kind % kinds.length] ?? 'command';
  const isNamed = named % 4 > 0;
  const above = isNamed ? after : earlier.slice(-1).map(({ id }) => id);
  const upstream = [...upstreamOf(above, earlier)];
  const target = upstream[back % Math.max(1, upstream.length)];
  const canSendBack = target !== undefined && back % 3 > 0 && ['inspection', 'command', 'gate', 'runs'].includes(does);
  return {
    id: `s${earlier.length}`,
    does,
    ...(isNamed ? { after } : {}),
    ...(isNamed && after.length > 1 ? { join: joinOf(join, after.length) } : {}),
    ...(canSendBack ? { onFail: { stage: target, atMost: 1 + (atMost % 3) } } : {}),
    ...(does === 'gate' ? { gate: { question: 'May it?', roles: ['reviewer'], expires: '1d', choices: ['approve', 'reject'] } } : {}),
    ...(does === 'runs' ? { runs: { line: 'inner', items: ['a', 'b', 'c'].slice(0, 1 + (items % 3)), join: joinOf(runsJoin, 3) } } : {}),
  };
}

function joinOf(choice: number, count: number): Join {
  return (['all', 'any', { atLeast: 1 + (choice % count) }] as const)[choice % 3] ?? 'all';
}

function upstreamOf(ids: readonly string[], stages: readonly Stage[]): ReadonlySet<string> {
  const found = new Set(ids);
  for (const id of found) for (const before of beforeOf({ stages }, id)) found.add(before);
  return found;
}

/** What comes before a stage, said once more and on its own, so that the graph is not held against itself. */
function beforeOf({ stages }: { readonly stages: readonly Stage[] }, id: string): readonly string[] {
  const at = stages.findIndex((stage) => stage.id === id);
  return stages[at]?.after ?? stages.slice(Math.max(0, at - 1), at).map((stage) => stage.id);
}

/** What a run came to, kept beside the machine that is under test. */
interface Walk {
  readonly line: Line;
  readonly events: EventBody[];
  readonly states: RunState[];
  readonly commands: (readonly Command[])[];
  /** Stages done in their newest attempt. */
  readonly done: Set<string>;
  readonly bad: Map<string, StageOutcome>;
  readonly forgone: Set<string>;
  readonly sentBack: { readonly from: string; readonly objection: string }[];
  readonly decidedGates: Set<string>;
  isCancelled: boolean;
}

/** Works a run of the line to its end, each outcome, answer, order and noise as chosen; throws where a law is broken. */
function walk(line: Line, numbers: readonly number[]): Walk {
  let taken = 0;
  const choose: Choose = (count) => ((numbers[taken++ % numbers.length] ?? 0) + Math.floor(taken / numbers.length)) % count;
  const walked: Walk = {
    line,
    events: [],
    states: [initialState],
    commands: [],
    done: new Set(),
    bad: new Map(),
    forgone: new Set(),
    sentBack: [],
    decidedGates: new Set(),
    isCancelled: false,
  };
  const cancelAt = choose(3) === 0 ? choose(40) : Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < mostTurns(line); turn += 1) {
    if (turn === cancelAt) cancel(walked);
    makeNoise(walked, choose);
    const commands = next(line, stateOf(walked));
    walked.commands.push(commands);
    keepLaws(walked, commands);
    const command = commands[choose(commands.length)];
    if (command === undefined) throw new Error('the machine asks for nothing');
    if (command.kind === 'end') return walked;
    for (const event of perform(command, walked, choose)) tell(walked, event);
  }
  throw new Error(`the run does not end: ${JSON.stringify(walked.commands.at(-1))}`);
}

/** Every attempt of a stage takes at most so many turns; the reworks bound the attempts. */
function mostTurns({ stages }: Line): number {
  const reworks = stages.reduce((sum, { onFail }) => sum + (onFail?.atMost ?? 0), 0);
  return (reworks + 1) * stages.length * 8 + 10;
}

function stateOf({ states }: Walk): RunState {
  return states.at(-1) ?? initialState;
}

function tell(walked: Walk, event: EventBody): void {
  walked.events.push(event);
  walked.states.push(advance(stateOf(walked), event));
}

function cancel(walked: Walk): void {
  const isLate = stateOf(walked).verdict !== null;
  tell(walked, { type: 'run.cancelled', by: 'ada', why: 'no longer wanted' });
  walked.isCancelled = !isLate;
}

/** What was recorded before comes again, or a process that lost its stage still ends it: nothing of it may count. */
function makeNoise(walked: Walk, choose: Choose): void {
  const state = stateOf(walked);
  const late = walked.events.flatMap((event): EventBody[] => {
    if (event.type === 'rework.ordered') return event.voids.map(({ stage, attempt }) => completed(stage, attempt, 'failed', ''));
    return event.type === 'stage.forgone' ? [completed(event.stage, event.attempt, 'done', '')] : [];
  });
  const noise = [...walked.events, ...late];
  if (noise.length === 0 || choose(3) > 0) return;
  const event = noise[choose(noise.length)];
  if (event === undefined) return;
  if (!isDeepStrictEqual(advance(state, event), state)) throw new Error(`what was told before changes something: ${JSON.stringify(event)}`);
}

/** Does what is asked, one event's worth of it. */
function perform(command: Exclude<Command, { kind: 'end' }>, walked: Walk, choose: Choose): readonly EventBody[] {
  switch (command.kind) {
    case 'stage':
      return begin(command, walked, choose);
    case 'wait':
      return overhear(command, walked, choose);
    case 'conclude':
      return [concludedAs(command, walked)];
    case 'rework': {
      const { rework, voids } = command;
      walked.sentBack.push(rework);
      for (const { stage } of voids) for (const kept of [walked.done, walked.bad, walked.forgone]) kept.delete(stage);
      return [{ type: 'rework.ordered', ...rework, voids }];
    }
    case 'forgo':
      walked.forgone.add(command.stage);
      walked.bad.delete(command.stage);
      return [{ type: 'stage.forgone', stage: command.stage, attempt: command.attempt, why: command.why }];
    case 'decide':
      return [{ type: 'verdict.decided', verdict: 'ESCALATE', reason: { code: 'c', message: 'm' }, metric }];
    case 'seal':
      return [{ type: 'evidence.sealed', bundle: '', report: '', ledgerHead: '' }];
    case 'deliver':
      return [{ type: 'run.ended', verdict: 'ESCALATE' }];
    default:
      return assertNever(command);
  }
}

const metric = { name: 'jidoka_runs_total', labels: { line: 'deps', verdict: 'ESCALATE', reason: 'c' } } as const;

function begin({ stage, attempt }: Extract<Command, { kind: 'stage' }>, walked: Walk, choose: Choose): readonly EventBody[] {
  const of = { stage: stage.id, attempt };
  if (stage.does === 'runs') {
    const runs = (stage.runs?.items ?? []).map((item) => `${stage.id}/${attempt}/${item}`);
    const early: readonly EventBody[] = choose(6) === 0 ? [{ type: 'child.ended', ...of, run: runs[0] ?? '', verdict: 'NO_OP' }] : [];
    return [...early, { type: 'children.started', ...of, runs }];
  }
  if (stage.does === 'gate') {
    const gate = `r/${stage.id}/${attempt}`;
    const asked = { question: 'May it?', digest: 'd', roles: ['reviewer'], choices: ['approve', 'reject'] } as const;
    return [{ type: 'gate.opened', ...of, gate, ...asked, openedAt: '2026-01-01', expiresAt: '2026-01-02' }];
  }
  const tryNumber = 1 + (stateOf(walked).tries.get(stage.id) ?? 0);
  if (tryNumber < 3 && choose(4) === 0)
    return [{ type: 'stage.retried', ...of, class: 'network', tryNumber, delayMs: 1000, message: 'no answer' }];
  const outcomes = ['done', 'done', 'done', 'done', 'done', 'objected', 'objected', 'failed', 'failed', 'settled'] as const;
  const outcome = outcomes[choose(outcomes.length)] ?? 'done';
  note(walked, stage.id, outcome);
  return [completed(stage.id, attempt, outcome, objections[choose(2)] ?? '')];
}

function overhear({ stage, attempt, wait }: Extract<Command, { kind: 'wait' }>, walked: Walk, choose: Choose): readonly EventBody[] {
  const of = { stage: stage.id, attempt };
  if (wait.kind === 'runs') {
    const open = wait.runs.filter((run) => !stateOf(walked).children.has(run));
    const verdict = (['PR_READY', 'NO_OP', 'ESCALATE', 'RETRYABLE_FAILURE'] as const)[choose(4)] ?? 'NO_OP';
    return [{ type: 'child.ended', ...of, run: open[choose(open.length)] ?? '', verdict }];
  }
  walked.decidedGates.add(wait.gate);
  if (choose(4) === 0) return [{ type: 'gate.expired', ...of, gate: wait.gate, at: '2026-01-02' }];
  const choice = (['approve', 'approve', 'reject'] as const)[choose(3)] ?? 'reject';
  return [
    {
      type: 'gate.answered',
      ...of,
      gate: wait.gate,
      choice,
      note: objections[choose(2)] ?? '',
      digest: 'd',
      by: 'ada',
      role: 'reviewer',
      at: '2026-01-01',
    },
  ];
}

function concludedAs({ stage, attempt, wait }: Extract<Command, { kind: 'conclude' }>, walked: Walk): EventBody {
  const outcome = wait.kind === 'gate' ? ofGate(wait.answer?.choice) : ofRuns(stage, wait.runs, stateOf(walked));
  note(walked, stage.id, outcome);
  return completed(stage.id, attempt, outcome, wait.kind === 'gate' ? (wait.answer?.note ?? '') : 'runs ended badly');
}

function ofGate(choice: string | undefined): StageOutcome {
  if (choice === undefined) throw new Error('a gate without an answer was concluded');
  return ({ approve: 'done', answer: 'done', reject: 'objected' } as const)[choice] ?? 'settled';
}

function ofRuns(stage: Stage, runs: readonly string[], { children }: RunState): StageOutcome {
  const joined = joinedRuns(stage, runs, children);
  if (joined === 'open') throw new Error('runs were concluded while their join was open');
  return joined === 'holds' ? 'done' : 'objected';
}

function note(walked: Walk, stage: string, outcome: StageOutcome): void {
  if (outcome === 'done') walked.done.add(stage);
  else walked.bad.set(stage, outcome);
}

function completed(stage: string, attempt: number, outcome: StageOutcome, summary: string): EventBody {
  return { type: 'stage.completed', stage, attempt, outcome, summary, durationMs: 1, output: {} };
}

/** The laws that hold for whatever is asked next, from what the walk itself knows of the run. */
function keepLaws(walked: Walk, commands: readonly Command[]): void {
  const { line, done, bad, forgone } = walked;
  const must = (holds: boolean, law: string): void => {
    if (!holds)
      throw new Error(`${law}: ${JSON.stringify(commands.map((command) => ({ ...command })))} after ${JSON.stringify(walked.events)}`);
  };
  const works = commands.filter((command) => command.kind === 'stage' || command.kind === 'wait');
  must(works.length === commands.length || commands.length === 1, 'what is no work stands alone');
  must(works.length === 0 || (!walked.isCancelled && stateOf(walked).verdict === null), 'nothing is asked after the end');
  must(
    ![...bad.values()].includes('settled') || commands[0]?.kind === 'decide' || stateOf(walked).verdict !== null,
    'what settles decides',
  );
  must(works.length === 0 || bad.size === 0, 'nothing is asked while something bad has no answer');
  for (const { stage } of works) {
    must(!done.has(stage.id) && !forgone.has(stage.id), 'what is done or forgone is not asked for');
    must(joinHolds(walked, stage), 'nothing is asked before its join holds');
  }
  const owed = line.stages.filter((stage) => !done.has(stage.id) && !forgone.has(stage.id) && joinHolds(walked, stage));
  const asked = new Set(works.map(({ stage }) => stage.id));
  must(works.length === 0 || owed.every(({ id }) => asked.has(id)), 'all that can be done is asked for at once');
  for (const { id } of line.stages.filter((stage) => !done.has(stage.id) && !forgone.has(stage.id)))
    must(works.length === 0 || isOfUse(walked, id), 'losers of a join are forgone before work goes on');
  for (const command of commands) keepLaw(walked, command, must);
}

function keepLaw(walked: Walk, command: Command, must: (holds: boolean, law: string) => void): void {
  const { line, done, bad } = walked;
  switch (command.kind) {
    case 'wait':
      return must(command.wait.kind !== 'gate' || !walked.decidedGates.has(command.wait.gate), 'a decided gate is not waited for');
    case 'rework': {
      const { from, to, objection } = command.rework;
      const earlier = walked.sentBack.filter((one) => one.from === from);
      must(bad.get(from) === 'objected', 'only an objection sends back');
      must(earlier.length < (line.stages.find(({ id }) => id === from)?.onFail?.atMost ?? 0), 'reworks are counted');
      must(earlier.at(-1)?.objection !== objection, 'the same objection does not send back twice in a row');
      const again = line.stages.map(({ id }) => id).filter((id) => id === to || upstreamOf([id], line.stages).has(to));
      must(
        isDeepStrictEqual(command.voids.map(({ stage }) => stage).toSorted(), again.toSorted()),
        'all that rests on work done again is done again',
      );
      const kept = {
        ...walked,
        bad: without(bad, again),
        forgone: new Set([...walked.forgone].filter((id) => !again.includes(id))),
        done: new Set([...done].filter((id) => !again.includes(id))),
      };
      return must(
        ends(line).every((id) => canCome(kept, id)),
        'nothing is done again where the end is out of reach',
      );
    }
    case 'forgo':
      must(!done.has(command.stage), 'what is done is not forgone');
      must(bad.has(command.stage) || !isOfUse(walked, command.stage), 'only what is of no use is forgone');
      return must(
        ends(line).every((id) => canCome(walked, id)),
        'a branch is forgone only where the end stays in reach',
      );
    case 'decide': {
      if (walked.isCancelled || [...bad.values()].includes('settled')) return undefined;
      const isDone = ends(line).every((id) => done.has(id));
      return must(isDone !== ends(line).some((id) => !canCome(walked, id)), 'a run gives up only what cannot come about');
    }
    default:
      return undefined;
  }
}

function without(bad: Walk['bad'], stages: readonly string[]): Walk['bad'] {
  return new Map([...bad].filter(([id]) => !stages.includes(id)));
}

function joinHolds({ line, done, forgone }: Walk, stage: Stage): boolean {
  const before = beforeOf(line, stage.id);
  return before.filter((id) => done.has(id) && !forgone.has(id)).length >= wanted(stage, before.length);
}

function wanted({ join = 'all' }: Stage, count: number): number {
  if (join === 'all') return count;
  return Math.min(count, join === 'any' ? 1 : join.atLeast);
}

function ends(line: Line): readonly string[] {
  const followed = new Set(line.stages.flatMap(({ id }) => beforeOf(line, id)));
  return line.stages.map(({ id }) => id).filter((id) => !followed.has(id));
}

function canCome(walked: Walk, id: string): boolean {
  const stage = walked.line.stages.find((one) => one.id === id);
  if (stage === undefined || walked.bad.has(id) || walked.forgone.has(id)) return false;
  const before = beforeOf(walked.line, id);
  return walked.done.has(id) || before.filter((one) => canCome(walked, one)).length >= wanted(stage, before.length);
}

function isOfUse(walked: Walk, id: string): boolean {
  const { line, done, forgone } = walked;
  const after = line.stages.filter((stage) => beforeOf(line, stage.id).includes(id));
  return (
    after.length === 0 ||
    after.some((stage) => !done.has(stage.id) && !forgone.has(stage.id) && !joinHolds(walked, stage) && isOfUse(walked, stage.id))
  );
}

const many = { numRuns: 1500 };

describe('a run of any line, whatever happens', () => {
  it('keeps every law on its way, and ends', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(lines, histories, (line, numbers) => {
        const { commands, events } = walk(line, numbers);
        for (const asked of commands) for (const { kind } of asked) seen.add(kind);
        for (const { type } of events) seen.add(type);
      }),
      many,
    );
    // A proof that never met a case says nothing of it.
    for (const kind of ['stage', 'wait', 'conclude', 'rework', 'forgo', 'decide', 'seal', 'deliver', 'end']) expect(seen).toContain(kind);
    for (const type of ['gate.answered', 'gate.expired', 'child.ended', 'run.cancelled', 'stage.retried']) expect(seen).toContain(type);
  });

  it('is where its record says it is, at every event, and goes on from there as it went', () => {
    fc.assert(
      fc.property(lines, histories, (line, numbers) => {
        const { events, states } = walk(line, numbers);
        // Only what the ledger can store counts; and nothing that came later may have changed an earlier state.
        const stored = JSON.parse(JSON.stringify(events)) as readonly EventBody[];
        for (const [at, state] of states.entries()) {
          const folded = fold(stored.slice(0, at));
          expect(isDeepStrictEqual(folded, state)).toBe(true);
          expect(isDeepStrictEqual(next(line, folded), next(line, state))).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('takes every event once: told all of it twice, it stands where it stood', () => {
    fc.assert(
      fc.property(lines, histories, (line, numbers) => {
        const { events, states } = walk(line, numbers);
        const twice = events.flatMap((event, at) => [event, ...events.slice(0, at + 1)]);
        expect(isDeepStrictEqual(fold(twice), states.at(-1))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
