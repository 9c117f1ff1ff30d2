import { mends, slugFiles } from '../../bug/slugs.ts';
import type { Case } from './case.ts';
import { changeBy, stepsOf } from './steps.ts';

const honest = stepsOf(mends, slugFiles);
const ready = 'PR_READY validated';
/** It was the model's side, and is told so. */
const outage = ['RETRYABLE_FAILURE provider', 'RETRYABLE_FAILURE network'];
/** An agent that waits longer than the line lets it. */
const waits = ['RETRYABLE_FAILURE stall', 'RETRYABLE_FAILURE timeout'];
const person = 'ESCALATE station-failed';

interface Fault {
  readonly name: string;
  readonly statement: string;
  readonly fault: object;
  readonly expected: readonly string[];
}

const always = { at: 2, times: 'forever' };
/** One API has no status for it. */
const emptyAccount =
  'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.';
const listed: readonly Fault[] = [
  {
    name: 'cut-before-end',
    statement: 'the stream lacks its last event',
    fault: { fault: 'cut-before-end', at: 2 },
    expected: [ready, ...outage],
  },
  {
    name: 'cut-in-call',
    statement: 'the stream ends in the middle of a call',
    fault: { fault: 'cut-in-call', at: 2 },
    // A model of a script does not notice that its call was lost, and reports what it did not do.
    expected: [ready, ...outage, 'ESCALATE false-report'],
  },
  {
    name: 'malformed-line',
    statement: 'one line of the stream is no JSON',
    fault: { fault: 'malformed-line', at: 2 },
    expected: [ready, ...outage],
  },
  { name: 'html', statement: '200 with a page', fault: { fault: 'html', at: 2 }, expected: [ready, ...outage] },
  { name: 'empty-stream', statement: '200 with nothing', fault: { fault: 'empty-stream', at: 2 }, expected: [ready, ...outage] },
  {
    name: 'error-event',
    statement: 'the stream breaks off with an error',
    fault: { fault: 'error-event', at: 2 },
    expected: [ready, ...outage],
  },
  {
    name: 'context-overflow',
    statement: '400, the conversation is too long',
    fault: { fault: 'context-overflow', at: 2 },
    expected: [ready, person],
  },
  { name: 'bad-request', statement: '400 for ever', fault: { fault: 'bad-request', ...always }, expected: [person] },
  { name: 'login', statement: '401 for ever', fault: { fault: 'login', ...always }, expected: ['ESCALATE login'] },
  {
    name: 'rate-limit',
    statement: '429 for ever, come back in an hour',
    fault: { fault: { kind: 'rate-limit', retryAfter: 3600 }, ...always },
    // One takes an hour for an account that has used up what it may.
    expected: [...outage, ...waits, 'RETRYABLE_FAILURE quota'],
  },
  { name: 'denied', statement: '403 for ever', fault: { fault: 'denied', ...always }, expected: ['ESCALATE login'] },
  { name: 'overloaded', statement: '529 for ever', fault: { fault: 'overloaded', ...always }, expected: [...outage, ...waits] },
  { name: 'server', statement: '500 for ever', fault: { fault: 'server', ...always }, expected: [...outage, ...waits] },
  {
    name: 'server-twice',
    statement: '500 twice, then well',
    fault: { fault: { kind: 'server', retryAfter: 1 }, at: 2, times: 2 },
    expected: [ready, ...outage],
  },
  {
    name: 'overloaded-once',
    statement: '529 once, then well',
    fault: { fault: { kind: 'overloaded', retryAfter: 1 }, at: 2 },
    expected: [ready, ...outage],
  },
  { name: 'drop', statement: 'the connection is dropped every time', fault: { fault: 'drop', ...always }, expected: [...outage, ...waits] },
  { name: 'drop-once', statement: 'the connection is dropped once', fault: { fault: 'drop', at: 2 }, expected: [ready, ...outage] },
  {
    name: 'drop-in-stream',
    statement: 'the connection is dropped once in the middle of an answer',
    fault: { fault: 'drop-in-stream', at: 2 },
    expected: [ready, ...outage],
  },
  { name: 'silent-stream', statement: 'the stream begins and falls silent', fault: { fault: 'silent-stream', ...always }, expected: waits },
  { name: 'no-answer', statement: 'nothing is ever answered', fault: { fault: 'no-answer', ...always }, expected: waits },
];

/** Those of them in which an agent sits and waits, and the line's limit is what ends it. */
const sits = new Set(['rate-limit', 'overloaded', 'server', 'drop', 'silent-stream', 'no-answer']);

/** Every way in which the API of a model fails, at the second call of the change. */
export const faults: readonly Case[] = [
  ...listed.map(({ name, statement, fault, expected }): Case => ({
    group: 'faults',
    name,
    statement,
    expected,
    limits: sits.has(name) ? { stall: '10s', timeout: '60s' } : { stall: '40s', timeout: '90s' },
    scenario: changeBy(honest, [fault]),
  })),
  {
    group: 'faults',
    name: 'quota',
    statement: 'the account is empty, as each API says it',
    // Some take what their API says for a limit that passes, and wait.
    expected: ['RETRYABLE_FAILURE quota', ...waits],
    limits: { stall: '10s', timeout: '60s' },
    scenario: changeBy(honest, [
      { fault: { kind: 'bad-request', message: emptyAccount }, ...always, when: { protocol: 'messages' } },
      { fault: 'quota', ...always },
    ]),
  },
  {
    group: 'faults',
    name: 'cut-final-text',
    statement: 'the stream of the last text, after the report, lacks its last event',
    expected: [ready, ...outage],
    scenario: changeBy([...honest.slice(0, -1), { say: 'Done.', times: 6, fault: 'cut-before-end' }]),
  },
  {
    group: 'faults',
    name: 'server-after-report',
    statement: '500 for ever once the report is in: whatever was to follow was not done',
    expected: [ready, ...outage, ...waits],
    limits: { stall: '10s', timeout: '60s' },
    scenario: changeBy(honest, [{ fault: 'server', at: honest.length, times: 'forever' }]),
  },
  {
    group: 'faults',
    name: 'same-call',
    statement: 'the very same call for ever',
    expected: [person],
    scenario: changeBy([{ run: 'true', times: 'forever' }]),
  },
  {
    group: 'faults',
    name: 'garbled-arguments',
    statement: 'arguments of a call that are no JSON',
    expected: [ready, ...outage],
    scenario: changeBy([...honest.slice(0, 1), { run: 'true', garble: true }, ...honest.slice(1)]),
  },
  {
    group: 'faults',
    name: 'refusal',
    statement: 'the model declines to go on',
    expected: [ready, person],
    scenario: changeBy([...honest.slice(0, 1), { say: 'I will not.', stop: 'refusal' }, ...honest.slice(1)]),
  },
];
