import { expect, it } from 'vitest';
import { parseRunId } from '../../base/ids.ts';
import type { EventBody } from '../../evidence/event.ts';
import type { Verdict } from '../../verdict/verdict.ts';
import { isShown, shownOf, watchLines, witness } from './witness.ts';

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
  expect([all.map(shownOf), isShown(all)]).toEqual([['finishes'], true]);
});

it('a line fails where a run is given up for its surroundings, and shows nothing while none ends', () => {
  expect(seen(ended('bug-1', 'RETRYABLE_FAILURE')).map(shownOf)).toEqual(['fails']);
  expect([seen(begun('bug-2', 'bug')).map(shownOf), isShown(seen())]).toEqual([['not-seen'], false]);
});
