import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { SessionEvent } from '../../../core/station/session-event.ts';
import { countTokens } from '../session/count-tokens.ts';
import { claudeCode } from './claude-code.ts';
import { codex } from './codex.ts';
import { gemini } from './gemini.ts';
import type { Harness } from './harness.ts';
import { opencode } from './opencode.ts';

const fixture = (name: string): string => readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');

/** What a harness is understood to have said, of lines that its program really wrote. */
function heard(harness: Harness, ...names: readonly string[]): SessionEvent[] {
  const events: SessionEvent[] = [];
  for (const name of names) {
    const reader = harness.reader();
    for (const line of fixture(`${name}.jsonl`).trim().split('\n')) events.push(...reader.read(JSON.parse(line)));
  }
  return events;
}

function only<Type extends SessionEvent['type']>(events: readonly SessionEvent[], type: Type): (SessionEvent & { readonly type: Type })[] {
  return events.filter((event): event is SessionEvent & { readonly type: Type } => event.type === type);
}

const cases = [
  { harness: claudeCode, edit: 'claude-code-edit', exit3: 'error' },
  { harness: codex, edit: 'codex-edit', exit3: 'error' },
  // It calls a command that failed a success, and does not tell its code.
  { harness: gemini, edit: 'gemini-edit', exit3: 'ok' },
  { harness: opencode, edit: 'opencode-edit', exit3: 'error' },
] as const;

describe.each(cases)('$harness.name', ({ harness, edit, exit3 }) => {
  const events = heard(harness, edit);

  test('names its session once, and says a last message', () => {
    expect(only(events, 'session.started')).toHaveLength(1);
    expect(only(events, 'session.started')[0]?.session).toMatch(/^[\w-]{20,}$/);
    expect(only(events, 'message').at(-1)).toEqual({ type: 'message', text: 'All done.' });
  });

  test('ends each tool that it starts, in order, and a refused report is an error of its tool', () => {
    const started = only(events, 'tool.started');
    expect(started.map(({ kind }) => kind)).toEqual(['execute', 'execute', 'report', 'report']);
    expect(only(events, 'tool.ended').map(({ id }) => id)).toEqual(started.map(({ id }) => id));
    expect(only(events, 'tool.ended').map(({ status }) => status)).toEqual([exit3, 'ok', 'error', 'ok']);
    expect(started[3]?.input).toMatchObject({ state: 'DONE', summary: 'Fixed a.' });
  });

  test('counts tokens in our columns: five calls of 110 new, 40 cached and 20 or 25 out', () => {
    const count = countTokens();
    for (const event of only(events, 'usage')) count.add(event);
    const sum = count.sum();
    // The double of Messages says 100 and 10 written to the cache where the others say 110.
    expect((sum?.input ?? 0) + (sum?.cacheWrite ?? 0)).toBe(550);
    expect(sum?.cacheRead).toBe(200);
    expect(sum?.output).toBe(harness === gemini ? 125 : 100);
    expect(only(events, 'error')).toEqual([]);
  });
});

test.each([
  [claudeCode, 'claude-code-401', 'login', 401],
  [claudeCode, 'claude-code-429', 'rate-limit', 429],
  [claudeCode, 'claude-code-500', 'server', 500],
  [claudeCode, 'claude-code-resume-gone', 'protocol', null],
  [codex, 'codex-401', 'login', 401],
  [codex, 'codex-429', 'rate-limit', 429],
  [codex, 'codex-500', 'overloaded', null],
  [codex, 'codex-400', 'bad-request', null],
  [gemini, 'gemini-401', 'login', 401],
  [opencode, 'opencode-401', 'login', 401],
  [opencode, 'opencode-400', 'bad-request', 400],
  [opencode, 'opencode-malformed', 'stream-lost', null],
] as const)('%o: %s is an error of the class %s, though some call it a success', (harness, name, error, status) => {
  expect(only(heard(harness, name), 'error').at(-1)).toMatchObject({ class: error, status });
});

test('what Gemini says of a failing model on its stderr alone counts where it gave no result', () => {
  const reader = gemini.reader();
  for (const line of fixture('gemini-429.jsonl').trim().split('\n')) expect(only([...reader.read(JSON.parse(line))], 'error')).toEqual([]);
  expect(reader.readLast(fixture('gemini-429.err'))).toMatchObject([{ type: 'error', class: 'rate-limit', status: 429 }]);
});

test('the tokens of a session that was gone on with are counted once', () => {
  for (const [harness, first, second] of [
    [claudeCode, 'claude-code-edit', 'claude-code-resume'],
    [codex, 'codex-edit', 'codex-resume'],
  ] as const) {
    const count = countTokens();
    for (const event of only(heard(harness, first, second), 'usage')) count.add(event);
    expect(count.sum()).toMatchObject({ cacheRead: 240, output: 120 });
  }
});

test('edits are told with their files, where they were made', () => {
  const paths = (harness: Harness, name: string): string[] => only(heard(harness, name), 'edit').map(({ path }) => path);
  expect(paths(claudeCode, 'claude-code-onlyedit')).toEqual(['/repo/tree/a.txt', '/repo/tree/b.txt']);
  expect(paths(claudeCode, 'claude-code-read')).toEqual([]);
  expect(paths(codex, 'codex-patch')).toEqual(['/repo/tree/a.txt', '/repo/tree/b.txt']);
  expect(paths(gemini, 'gemini-auto-edit')).toEqual(['/repo/tree/a.txt', '/repo/tree/b.txt']);
  expect(paths(opencode, 'opencode-onlyedit')).toEqual(['/repo/tree/a.txt']);
});

test('a stream of anything at all is understood as nothing, and never a fault', () => {
  const strange: unknown[] = [{}, [], { type: 7 }, { type: 'assistant' }, { type: 'item.completed', item: null }, { type: 'result' }];
  for (const { harness } of cases) {
    const reader = harness.reader();
    for (const line of strange) expect(Array.isArray(reader.read(line))).toBe(true);
  }
});
