import { expect, it } from 'vitest';
import { parseRunId } from '../../base/ids.ts';
import type { EventBody } from '../../evidence/event.ts';
import type { Verdict } from '../../verdict/verdict.ts';
import { isShown, isUnanswered, shownOf, watchLines, witness } from './witness.ts';

const ended = (run: string, verdict: Verdict) => ({ run: parseRunId(run), body: { type: 'run.ended', verdict } as const });
const begun = (run: string, line: string) => ({
  run: parseRunId(run),
  body: { type: 'run.started', line: { name: line, digest: '' } } as EventBody, // the part that is read
});
const seen = (...events: Parameters<typeof witness>[1][]) =>
  events.reduce(
    (state, event) => witness(state, event),
    watchLines(
      ['bug'],
      [
        { run: 'bug-1', line: 'bug' },
        { run: 'deps-1', line: 'deps' },
      ],
    ),
  );

it('a line finishes where its runs end with an answer, those under way before and those begun meanwhile', () => {
  const all = seen(begun('bug-2', 'bug'), ended('bug-1', 'PR_READY'), ended('deps-1', 'RETRYABLE_FAILURE'), ended('bug-2', 'ESCALATE'));
  expect(all).toEqual([
    {
      line: 'bug',
      open: [],
      ended: [
        { run: 'bug-1', verdict: 'PR_READY' },
        { run: 'bug-2', verdict: 'ESCALATE' },
      ],
    },
  ]);
  expect([all.map((one) => shownOf(one, [])), isShown(all)]).toEqual([['finishes'], true]);
});

it('a line fails where a run is given up for its surroundings, and shows nothing while none ends', () => {
  expect(seen(ended('bug-1', 'RETRYABLE_FAILURE')).map((one) => shownOf(one, []))).toEqual(['fails']);
  expect([seen(begun('bug-2', 'bug')).map((one) => shownOf(one, [])), isShown(seen())]).toEqual([['not-seen'], false]);
});

it('a line fails where a run goes to a person after nobody answered it, and not where budgets and keys were in its way', () => {
  const all = seen(ended('bug-1', 'ESCALATE'));
  expect(all.map((one) => shownOf(one, ['bug-1']))).toEqual(['fails']);
  expect(seen(ended('bug-1', 'PR_READY')).map((one) => shownOf(one, ['bug-1']))).toEqual(['finishes']);
  const call = (stage: string, status: number) =>
    ({
      caller: { run: 'bug-1', line: 'bug', fleet: null, station: 'codex', stage },
      ended: status === 200 ? 'whole' : 'refused',
      answer: { status, headers: {}, body: null, pieces: [], bytesDropped: 0 },
    }) as const;
  expect(isUnanswered([call('change', 500)])).toBe(true);
  expect(isUnanswered([call('change', 529), call('review', 200)])).toBe(true);
  expect(isUnanswered([call('change', 529), call('change', 200)])).toBe(false);
  expect(isUnanswered([call('change', 402), call('review', 401), call('plan', 429)])).toBe(false);
  expect(isUnanswered([])).toBe(false);
});
