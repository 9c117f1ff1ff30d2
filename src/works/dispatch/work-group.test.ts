import { expect, it } from 'vitest';
import { sampleSeed } from '../../../kit/evidence/index.ts';
import type { RunResult } from '../../core/ports/factory.ts';
import { groupParts, workGroup, type Part, type SeedOf } from './work-group.ts';

const seedOf: SeedOf = (members) => ({
  ...sampleSeed,
  key: members.join('+'),
  subjects: members.map((name) => ({ name, from: '1.0.0', target: '1.1.0' })),
});

function result(members: readonly string[], verdict: RunResult['verdict'], code: string): RunResult {
  return {
    run: members.join('+'),
    line: 'deps',
    seedKey: members.join('+'),
    title: '',
    verdict,
    reason: { code, message: '' },
    branch: null,
    evidence: { ref: null, dir: '', head: '' },
    stages: [],
    cost: { usd: 0, basis: '' },
    withheld: null,
  };
}

/** A world in which any set with one of `bad` in it, or both of `pair`, breaks. */
function world(
  bad: readonly string[],
  pair: readonly string[] = [],
): { readonly work: (part: Part) => Promise<RunResult>; readonly calls: string[] } {
  const calls: string[] = [];
  const work = async ({ seed, purpose }: Part): Promise<RunResult> => {
    const members = seed.subjects.map((subject) => subject.name);
    calls.push(`${purpose}:${members.join('+')}`);
    const clash = pair.length > 0 && pair.every((name) => members.includes(name));
    const broken = clash || members.some((name) => bad.includes(name));
    return result(members, broken ? 'ESCALATE' : 'PR_READY', broken ? 'tests-regressed' : 'validated');
  };
  return { work, calls };
}

const told = (results: readonly RunResult[]): string[] => results.map(({ run, verdict }) => `${run} ${verdict}`);

it('delivers a clean group as one run', async () => {
  const { work, calls } = world([]);
  expect(told(await workGroup(groupParts(['a', 'b', 'c'], seedOf), work))).toEqual(['a+b+c PR_READY']);
  expect(calls).toEqual(['deliver:a+b+c']);
});

it('finds the culprit, delivers the rest together and leaves the culprit its own verdict', async () => {
  const { work, calls } = world(['c']);
  expect(told(await workGroup(groupParts(['a', 'b', 'c', 'd', 'e'], seedOf), work))).toEqual(['a+b+d+e PR_READY', 'c ESCALATE']);
  expect(calls.filter((call) => call.startsWith('deliver:'))).toEqual(['deliver:a+b+c+d+e', 'deliver:a+b+d+e']);
});

it('escalates every member when each is a culprit', async () => {
  expect(told(await workGroup(groupParts(['a', 'b'], seedOf), world(['a', 'b']).work))).toEqual(['a ESCALATE', 'b ESCALATE']);
});

it('works members one by one when they hold alone but not together', async () => {
  const { work } = world([], ['a', 'd']);
  expect(told(await workGroup(groupParts(['a', 'b', 'c', 'd'], seedOf), work))).toEqual([
    'a+b+c+d ESCALATE',
    'a PR_READY',
    'b PR_READY',
    'c PR_READY',
    'd PR_READY',
  ]);
});

it('does not halve a group for a reason that all its parts share, nor one that may be tried again', async () => {
  for (const [verdict, code] of [
    ['ESCALATE', 'no-tests'],
    ['RETRYABLE_FAILURE', 'registry'],
  ] as const) {
    const calls: string[] = [];
    const work = async ({ seed }: Part): Promise<RunResult> => (calls.push(seed.key), result(['a', 'b'], verdict, code));
    expect(await workGroup(groupParts(['a', 'b'], seedOf), work)).toHaveLength(1);
    expect(calls).toEqual(['a+b']);
  }
});
