import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { SessionEvent } from '../../../core/station/session-event.ts';
import { at, numberAt, textAt } from '../foreign.ts';
import { leaveFor } from './permission.ts';
import { requestTrouble } from './request-trouble.ts';
import { updatesOf } from './updates.ts';

/** What is understood of messages that an agent really sent. */
function heard(name: string, countsSession = false): SessionEvent[] {
  const updates = updatesOf({ countsSession });
  const lines = readFileSync(new URL(`fixtures/${name}.jsonl`, import.meta.url), 'utf8')
    .trim()
    .split('\n');
  return lines.flatMap((line) => {
    const message: unknown = JSON.parse(line);
    if (textAt(message, 'method') === 'session/update') return updates.read(at(message, 'params', 'update'));
    if (textAt(message, 'method') === 'session/request_permission') return updates.calls.take(at(message, 'params', 'toolCall'), 'asked');
    if (at(message, 'error') !== undefined) return [requestTrouble(at(message, 'error'))];
    return textAt(message, 'result', 'stopReason') === '' ? [] : updates.ended(at(message, 'result'));
  });
}

function only<Type extends SessionEvent['type']>(events: readonly SessionEvent[], type: Type): (SessionEvent & { readonly type: Type })[] {
  return events.filter((event): event is SessionEvent & { readonly type: Type } => event.type === type);
}

describe.each([
  ['claude', 'error'],
  ['codex', 'error'],
  // These call a command that failed completed.
  ['gemini', 'ok'],
  ['opencode', 'ok'],
])('%s', (name, exit3) => {
  test('tells of each call once, whatever told of it first, and ends it once', () => {
    const events = heard(name);
    const started = only(events, 'tool.started');
    expect(started.map(({ kind }) => kind)).toEqual(['execute', 'execute', 'report', 'report']);
    expect(started.slice(0, 2).map(({ title }) => title)).toEqual(['cat a.txt; exit 3', 'printf fixed > a.txt']);
    expect(only(events, 'tool.ended').map(({ id }) => id)).toEqual(started.map(({ id }) => id));
    expect(only(events, 'tool.ended').map(({ status }) => status)).toEqual([exit3, 'ok', 'error', 'ok']);
  });

  test('puts its words together', () => {
    expect(only(heard(name), 'message').at(-1)?.text).toMatch(/All done\.$/);
  });
});

test('a refused key is a login, however the agent says so', () => {
  for (const name of ['claude-401', 'codex-401', 'gemini-401'])
    expect(only(heard(name), 'error'), name).toMatchObject([{ class: 'login' }]);
  // It passes on the words of the API, and these say nothing.
  expect(only(heard('opencode-401'), 'error')).toMatchObject([{ class: 'server', status: null }]);
  expect(requestTrouble({ code: 401, message: 'no' })).toMatchObject({ class: 'login', status: 401 });
  const passedOn = { code: -32_603, message: 'Internal error', data: { details: '401 The key is not taken.' } };
  expect(requestTrouble(passedOn)).toMatchObject({ class: 'login', status: 401 });
  const ofGateway = { code: -32_603, message: 'Internal error: The model gateway does not take the key (401): its owner must look.' };
  expect(requestTrouble(ofGateway)).toMatchObject({ class: 'login', status: 401 });
  expect(requestTrouble({ code: -32_603, message: 'Internal error', data: { details: 'API Error: 529 overloaded' } })).toMatchObject({
    class: 'overloaded',
    status: 529,
  });
});

test('tokens are taken of agents that count the session, and of no other', () => {
  expect(only(heard('claude', true), 'usage')).toMatchObject([
    { scope: 'session', input: 500, cacheRead: 200, cacheWrite: 50, output: 100, costUsd: 0.00429 },
  ]);
  expect(only(heard('codex', true), 'usage')).toMatchObject([{ scope: 'session', input: 550, cacheRead: 200, output: 100, reasoning: 25 }]);
  expect(only(heard('opencode'), 'usage')).toEqual([]);
});

test('an update that nobody knows is passed over, and one of a call that is over too', () => {
  const updates = updatesOf({ countsSession: true });
  for (const update of [null, {}, { sessionUpdate: 'dance' }, { sessionUpdate: 'tool_call_update' }])
    expect(updates.read(update)).toEqual([]);
  const over = { sessionUpdate: 'tool_call_update', toolCallId: 'a', status: 'completed', kind: 'edit', locations: [{ path: '/a' }] };
  expect(updates.read(over).map(({ type }) => type)).toEqual(['tool.started', 'tool.ended', 'edit']);
  expect(updates.read(over)).toEqual([]);
});

const options = [
  { optionId: 'always', kind: 'allow_always' },
  { optionId: 'once', kind: 'allow_once' },
  { optionId: 'no', kind: 'reject_once' },
];

test.each([
  ['read', 'read', 'once'],
  ['read', 'report', 'once'],
  ['read', 'edit', 'no'],
  ['read', 'execute', 'no'],
  ['read', 'other', 'no'],
  ['edit', 'edit', 'once'],
  ['edit', 'execute', 'no'],
  ['edit', 'fetch', 'no'],
  ['all', 'execute', 'once'],
  ['all', 'other', 'once'],
] as const)('who may %s is answered about a call that does %s with %s', (reach, kind, optionId) => {
  expect(leaveFor(kind, reach, options).outcome).toEqual({ outcome: 'selected', optionId });
});

test('where there is no way to say no, the question is cancelled', () => {
  expect(leaveFor('edit', 'read', options.slice(0, 2))).toEqual({ answer: 'refused', outcome: { outcome: 'cancelled' } });
  expect(leaveFor('edit', 'all', 'nonsense')).toEqual({ answer: 'refused', outcome: { outcome: 'cancelled' } });
});

test('a file that is called like the desk is no desk', () => {
  const { calls } = updatesOf({ countsSession: false });
  calls.take({ toolCallId: 'a', title: 'Write jidoka_report.ts', kind: 'edit' }, 'asked');
  expect(calls.view('a').kind).toBe('edit');
  expect(numberAt({ a: 1 }, 'a')).toBe(1);
});
