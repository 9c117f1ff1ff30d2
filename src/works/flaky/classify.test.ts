import { describe, expect, it } from 'vitest';
import type { FlakeClass } from '../../core/evidence/fact.ts';
import type { RepetitionMode } from '../../core/line/repetition.ts';
import { classify } from './classify.ts';
import { newTally, type Tally, type TestTally } from './tally.ts';

const id = 'test/a.test.js > adds';

/** So many failures in so many runs, with the message of the first. */
type Seen = readonly [failures: number, runs: number, message?: string];

const tally = (mode: RepetitionMode, [failures, runs, message = 'expected 1 to be 2']: Seen, by: TestTally['by'] = {}): Tally => {
  const log = { sha256: 'f'.repeat(64), bytes: 1, label: 'log', mediaType: 'text/plain' };
  const first = failures === 0 ? null : { run: 1, variation: '', message, log };
  const scope = mode === 'alone' || mode === 'file' ? mode : mode === 'suite' || mode === 'shuffled' ? 'suite' : 'file';
  return { ...newTally(mode, scope, 60), runs, end: 'all', tests: [{ id, runs, failures, unseen: 0, first, by }] };
};

const talliesOf = (seen: Partial<Record<RepetitionMode, Seen>>): readonly Tally[] =>
  Object.entries(seen).map(([mode, one]) => tally(mode as RepetitionMode, one)); // the keys are modes

const calm: Seen = [0, 60];

describe('the class of a flaky test', () => {
  it.each<readonly [string, Partial<Record<RepetitionMode, Seen>>, FlakeClass]>([
    ['fails alone and not in its file', { suite: calm, file: calm, alone: [10, 10] }, 'order'],
    ['fails in its file and not in the suite', { suite: calm, file: [10, 10], alone: calm }, 'order'],
    ['fails shuffled and not as it is', { suite: calm, shuffled: [28, 60], file: calm, alone: calm }, 'order'],
    [
      'fails in the suite, and neither alone nor under load',
      { suite: [10, 10], load: calm, parallel: calm, file: calm, alone: calm },
      'order',
    ],
    ['fails beside a copy', { suite: calm, load: calm, parallel: [10, 12], file: calm, alone: calm }, 'port'],
    ['finds a port taken once', { suite: [1, 60, 'listen EADDRINUSE: address already in use'], file: calm }, 'port'],
    ['fails in other zones', { suite: calm, zone: [20, 60], file: calm }, 'time'],
    ['fails on other dates', { suite: calm, date: [10, 60], file: calm }, 'time'],
    ['fails under load', { suite: calm, load: [10, 10], parallel: calm, file: calm, alone: calm }, 'load'],
    [
      'fails under load and beside a copy, which is load, too',
      { suite: calm, load: [10, 10], parallel: [9, 10], file: calm, alone: calm },
      'load',
    ],
    ['fails in a suite that is a load itself', { suite: [10, 12], load: [10, 10], file: calm, alone: calm }, 'load'],
    [
      'fails alike in every mode',
      { suite: [5, 30], shuffled: [6, 30], load: [5, 30], zone: [4, 30], file: [5, 30], alone: [6, 30] },
      'random',
    ],
    ['fails rarely, in one mode only, as chance may have it', { suite: calm, load: [3, 60], file: calm, alone: calm }, 'random'],
    ['was run in one mode only', { suite: [10, 10] }, 'unknown'],
    ['failed once', { suite: calm, load: calm, file: [1, 60], alone: calm }, 'unknown'],
    [
      'wants a network',
      { suite: [30, 60, 'getaddrinfo ENOTFOUND example.com'], file: [5, 10, 'connect ENETUNREACH 1.2.3.4:443'] },
      'environment',
    ],
    ['wants a program', { suite: [5, 10, 'spawn gpg ENOENT'] }, 'environment'],
    ['wants a network once and fails by itself elsewhere', { suite: [5, 30, 'getaddrinfo ENOTFOUND x'], file: [5, 30] }, 'random'],
  ])('that %s', (_, seen, expected) => {
    const found = classify(id, talliesOf(seen));
    expect(found.class, found.why).toBe(expected);
    expect(found.rates).toHaveLength(Object.keys(seen).length);
  });

  it('is time where one zone of several brings it about, too rarely for the mode as a whole', () => {
    const by = { 'TZ=Pacific/Kiritimati': { runs: 3, failures: 0 }, 'TZ=America/Los_Angeles': { runs: 3, failures: 3 } };
    const { class: kind, why } = classify(id, [tally('suite', [0, 20]), tally('file', [0, 20]), tally('zone', [3, 18], by)]);
    expect(kind).toBe('time');
    expect(why).toBe('zone: 3 of 18 runs failed, and file: 0 of 20 runs failed; with TZ=America/Los_Angeles 3 of 3');
  });

  it('says nothing of modes that did not run it', () => {
    const never = { ...newTally('load', 'file', 60), end: 'not-asked' as const };
    expect(classify(id, [tally('suite', [5, 10]), never]).rates.map(({ mode }) => mode)).toEqual(['suite']);
  });
});
