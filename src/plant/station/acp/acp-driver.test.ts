import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Floor, Workspace } from '../../../core/ports/floor.ts';
import type { SessionEvent } from '../../../core/station/session-event.ts';
import { systemClock } from '../../clock/index.ts';
import { hostFloor } from '../../floor/index.ts';
import { configuredDriver } from '../drivers.ts';
import type { Talk } from '../driver.ts';
import type { AgentOrder } from '../harness/harness.ts';

const double = fileURLToPath(new URL('fixtures/agent.mjs', import.meta.url));
let root: string;
let floor: Floor;
let workspace: Workspace;
let events: SessionEvent[];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'jidoka-acp-'));
  floor = hostFloor({ root, clock: systemClock(), env: process.env, log: () => undefined });
});
afterAll(() => rm(root, { recursive: true, force: true, maxRetries: 10 }));
beforeEach(async () => {
  workspace = await floor.open('acp');
  events = [];
});
afterEach(() => workspace.destroy());

interface Opened {
  readonly talk: Talk;
  readonly enough: AbortController;
}

async function open(manner: string): Promise<Opened> {
  // The user that commands run as reads what is in the workspace, and not the repository of these tests.
  const program = await readFile(double, 'utf8');
  await workspace.files.write('agent.mjs', program);
  const reach = { anthropic: '', openai: 'http://model/v1', gemini: '', key: 'k', report: 'http://desk/report' };
  const order: AgentOrder = {
    program: 'node',
    version: '1',
    root: workspace.root,
    home: workspace.scratch,
    reach,
    model: null,
    tools: 'edit',
    instructions: '',
  };
  const enough = new AbortController();
  const talk = configuredDriver({ args: ['agent.mjs', manner], env: { OPENAI_BASE_URL: '{openai}', OTHER: '{none}' } }).open(order, {
    converse: ({ argv, env }, signal) => workspace.converse({ argv, env, cwd: '', timeoutMs: 20_000, network: 'none', signal }),
    enough: enough.signal,
    clock: systemClock(),
    heard: () => undefined,
    tell: (event) => void events.push(event),
  });
  return { talk, enough };
}

const notes = async (): Promise<string[]> => ((await workspace.files.read('notes')) ?? '').trim().split('\n');

test('speaks the protocol: hands over the desk, answers by the role, and says no to what it does not serve', async () => {
  const { talk } = await open('well');
  expect(await talk.say('Look.\nMore.')).toEqual({ exit: null, stderr: '' });
  expect(await talk.recalls()).toBe(true);
  await talk.say('Again.');
  await talk.end();
  expect(await notes()).toEqual([
    'hello',
    'desk http jidoka',
    'prompt Look.',
    'q1 -32601',
    'q2 -32601',
    'q3 {"outcome":"selected","optionId":"n"}',
    'prompt Again.',
    'q1 -32601',
    'q2 -32601',
    'q3 {"outcome":"selected","optionId":"n"}',
  ]);
  expect(events.slice(0, 5)).toMatchObject([
    { type: 'session.started', session: 's1' },
    { type: 'message', text: 'I look.' },
    { type: 'tool.started', id: 't1', kind: 'execute', title: 'rm -rf x' },
    { type: 'permission', asked: 'rm -rf x', answer: 'refused' },
    { type: 'tool.ended', id: 't1', status: 'denied' },
  ]);
});

test('goes on with a session of a process that is gone, and hands over the desk anew', async () => {
  const { talk } = await open('resumes');
  await talk.takeUp('s0');
  expect(await talk.recalls()).toBe(true);
  await talk.say('Go on.');
  await talk.end();
  expect((await notes()).slice(0, 3)).toEqual(['hello', 'resume s0 with desk jidoka', 'prompt Go on.']);
  expect(events[0]).toMatchObject({ type: 'session.started', session: 's0' });
});

test.each([
  ['well', []],
  ['resumes-nothing', ['resume s0 with desk jidoka']],
])('begins another session where the agent "%s" cannot go on with that, or has it no more', async (manner, asked) => {
  const { talk } = await open(manner);
  await talk.takeUp('s0');
  expect(await talk.recalls()).toBe(false);
  expect(await talk.say('All of it.')).toEqual({ exit: null, stderr: '' });
  expect(await talk.recalls()).toBe(true);
  await talk.end();
  expect((await notes()).slice(0, 3 + asked.length)).toEqual(['hello', ...asked, 'desk http jidoka', 'prompt All of it.']);
});

test('passes over what is no message, and goes on', async () => {
  const { talk } = await open('garbage');
  expect(await talk.say('Look.')).toEqual({ exit: null, stderr: '' });
  await talk.end();
  expect(events.filter(({ type }) => type === 'notice').length).toBeGreaterThan(2);
  expect(events.at(-1)).toEqual({ type: 'turn.ended', said: 'end_turn' });
});

test.each([
  ['died', 'resumes-and-dies', { exit: { kind: 'signalled', signal: 'SIGKILL' } }],
  ['died behind its adapter', 'resumes-as-a-shell', { exit: null }],
])('an agent that %s in the middle of a turn goes on with its session in another process', async (_, manner, end) => {
  const { talk } = await open(manner);
  expect(await talk.say('Look.')).toMatchObject(end);
  expect(events.filter(({ type }) => type === 'error')).toMatchObject(end.exit === null ? [{ class: 'crash' }] : []);
  expect(await talk.recalls()).toBe(true);
  expect(await talk.say('Go on.')).toEqual({ exit: null, stderr: '' });
  await talk.end();
  const told = ['hello', 'desk http jidoka', 'prompt Look.', 'hello', 'resume s1 with desk jidoka', 'prompt Go on.'];
  expect((await notes()).slice(0, told.length)).toEqual(told);
});

test('an agent that dies in the middle of a turn ends it, and the next word begins anew', async () => {
  const { talk } = await open('dies');
  expect(await talk.say('Look.')).toMatchObject({ exit: { kind: 'signalled', signal: 'SIGKILL' } });
  expect(await talk.recalls()).toBe(false);
  expect(await talk.say('Look.')).toMatchObject({ exit: { kind: 'signalled' } });
  await talk.end();
});

test('an error that answers a prompt is told with its class, and the session stays', async () => {
  const { talk } = await open('fails');
  expect(await talk.say('Look.')).toEqual({ exit: null, stderr: '' });
  expect(events.at(-1)).toMatchObject({ type: 'error', class: 'rate-limit', status: 429 });
  expect(await talk.recalls()).toBe(true);
  await talk.end();
});

test('an agent that is to stop is asked to, and does', async () => {
  const { talk, enough } = await open('goes-on');
  const turn = talk.say('Look.');
  await expect.poll(notes, { timeout: 10_000 }).toContain('prompt Look.');
  enough.abort();
  expect(await turn).toEqual({ exit: null, stderr: '' });
  expect(await notes()).toContain('cancelled');
  await talk.end();
});

test('an agent that does not listen is ended', async () => {
  const { talk, enough } = await open('deaf');
  const turn = talk.say('Look.');
  await expect.poll(notes, { timeout: 10_000 }).toContain('prompt Look.');
  enough.abort();
  expect(await turn).toMatchObject({ exit: { kind: 'cancelled' } });
  await talk.end();
});

test('a program that is not there cannot be started', async () => {
  const reach = { anthropic: '', openai: '', gemini: '', key: '', report: '' };
  const order: AgentOrder = {
    program: '/no/such/agent',
    version: '1',
    root: workspace.root,
    home: workspace.scratch,
    reach,
    model: null,
    tools: 'all',
    instructions: '',
  };
  const talk = configuredDriver({ args: [], env: {} }).open(order, {
    converse: ({ argv, env }, signal) => workspace.converse({ argv, env, cwd: '', timeoutMs: 20_000, network: 'none', signal }),
    enough: new AbortController().signal,
    clock: systemClock(),
    heard: () => undefined,
    tell: (event) => void events.push(event),
  });
  expect(await talk.say('Look.')).toMatchObject({ exit: { kind: 'not-started' } });
});
