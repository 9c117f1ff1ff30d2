import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { isRunning, pidsIn } from '../../../kit/floor/index.ts';
import type { Json } from '../../core/base/json.ts';
import type { TaskPacket } from '../../core/packet/packet.ts';
import type { Claim } from '../../core/evidence/fact.ts';
import type { Floor, Workspace } from '../../core/ports/floor.ts';
import type { StationJob } from '../../core/ports/station.ts';
import { systemClock } from '../../plant/clock/index.ts';
import { hostFloor } from '../../plant/floor/index.ts';
import { commandStation } from './index.ts';

let root: string;
let floor: Floor;
let workspace: Workspace;
let remembered: Json[];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'jidoka-station-'));
  floor = hostFloor({ root, clock: systemClock(), env: process.env, log: () => undefined });
});
afterAll(() => rm(root, { recursive: true, force: true, maxRetries: 10 }));
beforeEach(async () => {
  workspace = await floor.open('change');
  remembered = [];
});
afterEach(() => workspace.destroy());

function jobOf(script: string, more: Partial<StationJob> = {}): StationJob {
  return {
    packet: { intent: 'Mend the bug.' } as unknown as TaskPacket, // the station passes it on unread
    assignment: { form: 'change', role: null, text: 'Mend the bug.' },
    workspace,
    signal: new AbortController().signal,
    run: ['sh', '-c', script],
    feedback: [],
    timeoutMs: 30_000,
    stallMs: null,
    handle: null,
    remember: async (handle) => void remembered.push(handle),
    note: () => undefined,
    ...more,
  };
}

const perform = (script: string, more: Partial<StationJob> = {}): Promise<Claim> => commandStation().perform(jobOf(script, more));
const saying = (result: unknown): string => `printf %s '${JSON.stringify(result)}' > "$JIDOKA_RESULT"`;

test('a program that ends well without a word says that it changed something, and finds itself in the checkout', async () => {
  await workspace.files.write('a.txt', 'old');
  expect(await perform('cat a.txt && echo new > a.txt')).toMatchObject({ station: 'command', says: 'changed', steps: ['stdout: old'] });
  expect(await workspace.files.read('a.txt')).toBe('new\n');
  expect((await workspace.files.list('')).toSorted()).toEqual(['a.txt']);
});

test('the program reads the packet and the feedback, however long and in whatever language, and the same each time', async () => {
  const packet = { intent: `“Ünïcode” 🦀 ${'long '.repeat(60_000)}` } as unknown as TaskPacket; // passed on unread
  const more = { packet, feedback: ['first: nö', 'then: $(touch x) `y` "z"'] };
  await perform('cat "$JIDOKA_PACKET" > one', more);
  await perform('cat "$JIDOKA_PACKET" > two', more);
  const one = await workspace.files.read('one');
  expect(JSON.parse(one ?? '')).toEqual({ ...more, assignment: { form: 'change', role: null, text: 'Mend the bug.' } });
  expect(await workspace.files.read('two')).toBe(one);
  expect(await workspace.files.list('')).toEqual(['one', 'two']);
});

test('a report of the form that was asked for is handed on, and what it says is the claim', async () => {
  const report = { state: 'NO_OP', rule: 'documented', summary: 'It is meant so.', proof: [{ file: 'README.md', line: 1, quote: 'So.' }] };
  expect(await perform(saying({ report }))).toMatchObject({ says: 'no-op', code: 'documented', report });
  expect(await perform(saying({ report: { ...report, state: 'DONE' } }))).toMatchObject({
    says: 'failed',
    code: 'result-invalid',
    summary: expect.stringContaining('no report of the form "change"'),
  });
});

test('what the program says of its work is its claim, whatever its exit code', async () => {
  const result = { says: 'escalate', code: 'two-ways', summary: 'Two ways are open.', steps: ['looked', 'thought'] };
  expect(await perform(`${saying(result)}; exit 4`)).toEqual({ kind: 'claim', station: 'command', ...result, logs: [] });
});

test.each([
  ['no JSON', 'echo done > "$JIDOKA_RESULT"', /no JSON/],
  ['a word too many', saying({ says: 'changed', code: 'x', summary: 's', verdict: 'PR_READY' }), /verdict/],
  ['a verdict for a claim', saying({ says: 'PR_READY', code: 'x', summary: 's' }), /says/],
  ['a pipe that nobody writes to', 'mkfifo "$JIDOKA_RESULT"', /no JSON/],
  ['a file without end', 'yes | head -c 2000000 > "$JIDOKA_RESULT"', /no JSON/],
  ['a link to nowhere', 'ln -s /nowhere "$JIDOKA_RESULT"', /no JSON/],
])('a result that is %s makes the claim fail and says what is wrong', async (_, script, problem) => {
  const claim = await perform(script);
  expect(claim).toMatchObject({ says: 'failed', code: 'result-invalid' });
  expect(claim.summary).toMatch(problem);
  expect(claim.failure).toBeUndefined();
});

test('a program that fails is quoted, and its failure is nobody else’s', async () => {
  const claim = await perform('i=0; while [ $i -lt 50 ]; do echo "line $i"; i=$((i+1)); done; echo "no key" >&2; exit 3');
  expect(claim).toMatchObject({ says: 'failed', code: 'program-failed' });
  expect(claim.summary).toBe('The program ended with exit code 3. It wrote last: stderr: no key');
  expect(claim.steps).toHaveLength(21);
  expect(claim.failure).toBeUndefined();
});

test('a program that throws is quoted with its error, not with the place of it', async () => {
  const claim = await perform(`node -e "JSON.parse('{')"`);
  expect(claim.summary).toMatch(/^The program ended with exit code 1\. It wrote: stderr: SyntaxError: /);
});

test('a limit of the stage and a missing program are failures of their class', async () => {
  expect(await perform('sleep 60', { timeoutMs: 200 })).toMatchObject({ says: 'failed', failure: 'timeout' });
  expect(await perform('sleep 60', { stallMs: 200 })).toMatchObject({ says: 'failed', failure: 'stall' });
  expect(await perform('', { run: ['no-such-program'] })).toMatchObject({ says: 'failed', failure: 'environment' });
  await expect(perform('', { run: [] })).rejects.toMatchObject({ code: 'line-invalid' });
});

test('an attempt that was begun is gone on with: the program runs once', async () => {
  const lose = new AbortController();
  const script = `echo run >> runs; while [ ! -e go ]; do sleep 0.05; done; ${saying({ says: 'no-op', code: 'fine', summary: 'Fine.' })}`;
  const remember: StationJob['remember'] = async (handle) => {
    remembered.push(handle);
    lose.abort('lost');
  };
  await expect(perform(script, { signal: lose.signal, remember })).rejects.toMatchObject({ code: 'fenced' });
  await workspace.files.write('go', '');
  const [handle = null] = remembered;
  expect(await perform(script, { handle })).toMatchObject({ says: 'no-op', code: 'fine' });
  expect(await perform(script, { handle })).toMatchObject({ says: 'no-op', code: 'fine' });
  expect(await workspace.files.read('runs')).toBe('run\n');
  expect(remembered).toHaveLength(1);
});

test('what was another station’s is started anew, and an old result does not count', async () => {
  await perform(saying({ says: 'escalate', code: 'old', summary: 'Old.' }));
  expect(await perform('echo mine', { handle: { session: 7 } })).toMatchObject({ says: 'changed', steps: ['stdout: mine'] });
  expect(remembered).toHaveLength(2);
});

test('what is gone without a trace, or failed since, is told as it is, and nothing is started in the tree that it left', async () => {
  const script = 'echo run >> runs; exit 3';
  await perform(script);
  const [handle = null] = remembered;
  expect(await perform(script, { handle })).toMatchObject({ says: 'failed', code: 'program-failed' });
  const lost = { ...(handle as object), id: '00000000-0000-4000-8000-000000000000' };
  expect(await perform(script, { handle: lost })).toMatchObject({ says: 'failed', code: 'program-gone', failure: 'crash' });
  expect(await workspace.files.read('runs')).toBe('run\n');
  expect(remembered).toHaveLength(1);
});

test('withdrawn, the program ends with what it started', async () => {
  const withdraw = new AbortController();
  const ended = perform('setsid sleep 60 & echo $! > pid; sleep 60', { signal: withdraw.signal }).catch((error: unknown) => error);
  const [pid = 0] = await pidsIn(workspace, ['pid']);
  withdraw.abort('withdrawn');
  expect(await ended).toMatchObject({ code: 'interrupted' });
  expect(isRunning(pid)).toBe(false);
});
