import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { memoryBlobs } from '../../../kit/blobs/index.ts';
import { isRunning } from '../../../kit/floor/index.ts';
import { JidokaError } from '../../core/base/error.ts';
import type { Json } from '../../core/base/json.ts';
import type { Claim } from '../../core/evidence/fact.ts';
import type { TaskPacket } from '../../core/packet/packet.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Floor, Workspace } from '../../core/ports/floor.ts';
import type { StationJob } from '../../core/ports/station.ts';
import type { Role } from '../../core/station/role.ts';
import type { AgentErrorClass } from '../../core/station/agent-error.ts';
import { systemClock } from '../clock/index.ts';
import { hostFloor } from '../floor/index.ts';
import type { Driver, TurnEnd, Wire } from './driver.ts';
import { agentStation } from './index.ts';
import { nativeDriver } from './native.ts';
import { reportDesk } from './report/index.ts';

let root: string;
let floor: Floor;
let workspace: Workspace;
let prompts: string[];
let taken: string[];
const blobs = memoryBlobs();
const desk = reportDesk({ version: '0' });

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'jidoka-agent-'));
  floor = hostFloor({ root, clock: systemClock(), env: process.env, log: () => undefined });
});
afterAll(() => rm(root, { recursive: true, force: true, maxRetries: 10 }));
beforeEach(async () => {
  workspace = await floor.open('change');
  prompts = [];
  taken = [];
});
afterEach(() => workspace.destroy());

const given = { OPENAI_BASE_URL: 'http://127.0.0.1:1/v1', JIDOKA_REPORT_URL: 'http://127.0.0.1:1/report' };
const ended: TurnEnd = { exit: { kind: 'exited', code: 0 }, stderr: '' };
const done = { state: 'DONE', summary: 'It says fixed.', filesChanged: ['a.txt'], steps: ['edited'] };

type Turn = (wire: Wire) => Promise<TurnEnd>;

/** An agent that does these things, turn by turn, and the last of them for ever. */
function agentThat(...turns: readonly Turn[]): Driver {
  return {
    name: 'double',
    resumes: true,
    files: () => [{ path: 'rules.md', text: 'Rules.' }],
    open: (_order, wire) => ({
      say: async (prompt) => {
        prompts.push(prompt);
        return (turns[prompts.length - 1] ?? turns.at(-1) ?? (async () => ended))(wire);
      },
      takeUp: async (session) => void taken.push(session),
      recalls: async () => true,
      end: async () => undefined,
    }),
  };
}

/** An agent whose every turn is this script; it understands `{"say":…}` and a session's id. */
function agentBy(script: string): Driver {
  return nativeDriver({
    name: 'script',
    files: () => [],
    start: () => ({ argv: ['sh', '-c', script], env: {} }),
    reader: () => ({
      read: (line) => {
        prompts.push(JSON.stringify(line));
        return [{ type: 'message', text: 'heard' }];
      },
      readLast: () => [],
    }),
  });
}

const handsIn =
  (report: object, end: TurnEnd = ended): Turn =>
  async () => {
    await desk.answer('change', { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'report', arguments: report } });
    return end;
  };

const fails =
  (error: AgentErrorClass): Turn =>
  async ({ tell }) => {
    tell({ type: 'error', class: error, status: null, retryAfterMs: null, message: 'it said so' });
    return ended;
  };

const both =
  (...turns: readonly Turn[]): Turn =>
  async (wire) => {
    let end = ended;
    for (const turn of turns) end = await turn(wire);
    return end;
  };

const says: Turn = async ({ tell }) => {
  tell({ type: 'message', text: 'I am done: PR_READY.' });
  tell({ type: 'turn.ended', said: 'success' });
  return ended;
};

function perform(driver: Driver, more: Partial<StationJob> = {}, clock: Clock = systemClock()): Promise<Claim> {
  const station = agentStation({ driver, agent: { path: '/agent', version: '1' }, desk, blobs, clock, given });
  return station.perform({
    packet: { noOpRules: [{ code: 'already-fixed', statement: 'It is.', proof: 'A place.' }] } as unknown as TaskPacket,
    assignment: { form: 'change', role: null, text: 'Mend a.txt.' },
    workspace,
    signal: new AbortController().signal,
    run: [],
    feedback: ['The test fails still.'],
    timeoutMs: 30_000,
    stallMs: null,
    handle: null,
    remember: async () => undefined,
    note: () => undefined,
    ...more,
  });
}

describe('what is believed', () => {
  test('a report that was accepted is the claim', async () => {
    expect(await perform(agentThat(handsIn(done)))).toMatchObject({
      station: 'double',
      says: 'changed',
      code: 'reported',
      summary: done.summary,
      steps: ['edited'],
      report: done,
    });
    expect(prompts).toHaveLength(1);
  });

  test('an agent that only says that it is done is asked twice more, and then nothing failed and nothing is claimed', async () => {
    const claim = await perform(agentThat(says));
    expect(claim).toMatchObject({ says: 'failed', code: 'no-report', summary: 'It was asked 3 times and handed in no report.' });
    expect(claim.failure).toBeUndefined();
    expect(prompts).toHaveLength(3);
    expect(prompts[1]).toMatch(/^You ended without handing in a report/);
  });

  test('one that remembers its report when it is asked is believed as any other', async () => {
    expect(await perform(agentThat(says, handsIn(done)))).toMatchObject({ says: 'changed' });
    expect(prompts).toHaveLength(2);
  });

  test('a report that is refused is told why, and the good one after it counts', async () => {
    const bad = handsIn({ state: 'DONE', summary: 'Trust me.' });
    expect(await perform(agentThat(bad, handsIn(done)))).toMatchObject({ says: 'changed' });
    expect(prompts[1]).toMatch(/Your report was not accepted: .*filesChanged/s);
    expect(await perform(agentThat(bad))).toMatchObject({
      says: 'failed',
      code: 'no-report',
      summary: expect.stringMatching(/filesChanged/) as string,
    });
  });

  test('a report counts whatever exit code its agent ends with', async () => {
    const killed: TurnEnd = { exit: { kind: 'signalled', signal: 'SIGKILL' }, stderr: '' };
    expect(await perform(agentThat(handsIn(done, killed)))).toMatchObject({ says: 'changed' });
  });

  test('that nothing is owed, or that a person must decide, is worth as much', async () => {
    const noOp = { state: 'NO_OP', rule: 'already-fixed', summary: 'It is.', proof: [{ file: 'a.txt' }] };
    expect(await perform(agentThat(handsIn(noOp)))).toMatchObject({ says: 'no-op', code: 'already-fixed' });
    const question = { state: 'ESCALATE', code: 'two-ways', summary: 'There are two.', question: 'Which?' };
    expect(await perform(agentThat(handsIn(question)))).toMatchObject({ says: 'escalate', code: 'two-ways', report: question });
    const retry = { state: 'RETRYABLE_FAILURE', summary: 'No disk.', cause: 'ENOSPC' };
    expect(await perform(agentThat(handsIn(retry)))).toMatchObject({ says: 'failed', failure: 'provider' });
    expect(await perform(agentThat(both(fails('network'), says, handsIn(retry))))).toMatchObject({ says: 'failed', failure: 'network' });
  });
});

describe('an agent whose factory was killed', () => {
  const memory = (more: object = {}): Json => ({ agent: 'double', session: null, report: null, ...more });

  test('is on record before its first word, with its session as soon as it tells it, and with its report', async () => {
    const remembered: Json[] = [];
    const tells: Turn = async (wire) => {
      expect(remembered).toEqual([memory()]);
      wire.tell({ type: 'session.started', session: 's1', model: null });
      wire.tell({ type: 'session.started', session: 's1', model: null });
      return handsIn(done)(wire);
    };
    await perform(agentThat(tells), { remember: async (handle) => void remembered.push(handle) });
    expect(remembered).toMatchObject([memory(), memory({ session: 's1' }), { session: 's1', report: done }]);
    // Something was started in it: its floor leaves it for whoever goes on.
    const { kind } = await floor.attach(workspace.ref);
    expect(kind).toBe('attached');
  });

  test('goes on with its session, told what happened, and with what its home holds', async () => {
    await perform(agentThat(says));
    await workspace.spawn({ argv: ['touch', `${workspace.scratch}/agent/session`], cwd: '', timeoutMs: 10_000, network: 'none' });
    prompts = [];
    expect(await perform(agentThat(handsIn(done)), { handle: memory({ session: 's1' }) })).toMatchObject({ says: 'changed', report: done });
    expect(taken).toEqual(['s1']);
    expect(prompts).toEqual([expect.stringMatching(/^You were interrupted/)]);
    const { stdout } = await workspace.spawn({ argv: ['ls', `${workspace.scratch}/agent`], cwd: '', timeoutMs: 10_000, network: 'none' });
    expect(stdout.split('\n')).toEqual(expect.arrayContaining(['rules.md', 'session']));
  });

  test('that had handed in its report is not asked again', async () => {
    expect(await perform(agentThat(says), { handle: memory({ session: 's1', report: done }) })).toMatchObject({
      says: 'changed',
      report: done,
    });
    expect(prompts).toEqual([]);
  });

  test('is told the whole order once more where its session is lost', async () => {
    const goneAtFirst = `if [ -e again ]; then echo '{"say":1}'; else touch again; echo 'no such session' >&2; exit 1; fi`;
    const asked: string[] = [];
    const driver = agentBy(goneAtFirst);
    const spied: Driver = {
      ...driver,
      open: (order, wire) => {
        const talk = driver.open(order, wire);
        return { ...talk, say: async (prompt) => (asked.push(prompt), talk.say(prompt)) };
      },
    };
    await perform(spied, { handle: { ...(memory({ session: 's1' }) as object), agent: 'script' } });
    expect(asked[0]).toMatch(/^You were interrupted/);
    expect(asked[1]).toMatch(/^[\s\S]*Mend a\.txt\.[\s\S]*You worked on this before and were interrupted/);
  });

  test.each([
    [memory(), null],
    [memory({ session: 's1' }), 'session'],
    [memory({ session: 's1', report: done }), 'reported'],
    [{ ...(memory({ session: 's1' }) as object), agent: 'other' }, null],
    [{ id: 'x', pid: 1 }, null],
  ])('on record as %j goes on by %j', (handle, how) => {
    const station = agentStation({ driver: agentThat(says), agent: { path: '/agent', version: '1' }, desk, blobs, clock: systemClock() });
    expect(station.resumption?.(handle)).toBe(how);
  });

  test('whose job is another’s by now ends, and claims nothing', async () => {
    let times = 0;
    const remember = async (): Promise<void> => {
      times += 1;
      if (times > 1) throw new JidokaError('fenced', 'It is another’s.', { mend: 'Leave it.' });
    };
    const tells: Turn = async (wire) => {
      wire.tell({ type: 'session.started', session: 's1', model: null });
      await expect.poll(() => wire.enough.aborted).toBe(true);
      return ended;
    };
    await expect(perform(agentThat(tells), { remember })).rejects.toMatchObject({ code: 'fenced' });
  });
});

describe('what fails', () => {
  test.each([
    ['login', 'login', 1],
    ['quota', 'quota', 1],
    ['rate-limit', 'provider', 1],
    ['server', 'provider', 1],
    ['network', 'network', 1],
    ['bad-request', undefined, 1],
    ['stream-lost', 'provider', 3],
    ['turn-limit', undefined, 3],
  ] as const)('%s without a report is a failure of its class, after as many prompts as may help', async (error, failure, asked) => {
    const claim = await perform(agentThat(fails(error)));
    expect(claim).toMatchObject({ says: 'failed', code: `agent-${error}` });
    expect(claim.failure).toBe(failure);
    expect(prompts).toHaveLength(asked);
  });

  test('one whose role gives it no more turns is not asked for more', async () => {
    const role: Role = { name: 'coder', prompt: 'You mend.', model: null, tools: 'all', budget: { turns: 3 } };
    const claim = await perform(agentThat(fails('turn-limit')), { assignment: { form: 'change', role, text: 'Mend a.txt.' } });
    expect(claim).toMatchObject({ says: 'failed', code: 'agent-turn-limit' });
    expect(prompts).toHaveLength(1);
  });

  test('that it was done is not believed of one whose model failed after that', async () => {
    expect(await perform(agentThat(both(handsIn(done), fails('login'))))).toMatchObject({
      says: 'failed',
      code: 'agent-login',
      failure: 'login',
    });
    expect(await perform(agentThat(both(fails('server'), says, handsIn(done))))).toMatchObject({ says: 'changed' });
  });

  test('an agent that goes on and on after its report is ended, and its report counts', async () => {
    const hurried = { ...systemClock(), sleep: async () => undefined };
    const goesOn: Turn = async ({ enough }) => {
      await expect.poll(() => enough.aborted).toBe(true);
      return ended;
    };
    expect(await perform(agentThat(both(handsIn(done), goesOn)), {}, hurried)).toMatchObject({ says: 'changed' });
  });
});

describe('what a process does', () => {
  test('one that falls silent and heeds no signal is ended with all that it started', async () => {
    const script = `trap '' TERM INT HUP; echo $$ > pid; (trap '' TERM; while :; do sleep 1; done) & while :; do sleep 1; done`;
    expect(await perform(agentBy(script), { stallMs: 500 })).toMatchObject({ says: 'failed', code: 'agent-stalled', failure: 'stall' });
    expect(isRunning(Number(await workspace.files.read('pid')))).toBe(false);
  });

  test('one that talks and talks is ended when its time is over', async () => {
    const claim = await perform(agentBy(`while :; do echo '{"say":1}'; sleep 0.05; done`), { timeoutMs: 1_500, stallMs: 1_000 });
    expect(claim).toMatchObject({ says: 'failed', code: 'agent-timed-out', failure: 'timeout' });
  });

  test('one that is killed is asked again, and then is a crash', async () => {
    expect(await perform(agentBy('echo run >> runs; kill -9 $$'))).toMatchObject({ says: 'failed', code: 'agent-crash', failure: 'crash' });
    expect(await workspace.files.read('runs')).toBe('run\nrun\nrun\n');
  });

  test('one that ends at once having done nothing has not failed, and claims nothing', async () => {
    const claim = await perform(agentBy('exit 0'));
    expect(claim).toMatchObject({ says: 'failed', code: 'no-report' });
    expect(claim.failure).toBeUndefined();
  });

  test('one that is not there cannot be started', async () => {
    const absent = nativeDriver({ ...missing, start: () => ({ argv: ['/no/such/agent'], env: {} }) });
    expect(await perform(absent)).toMatchObject({ says: 'failed', code: 'agent-spawn', failure: 'environment' });
  });

  test('one that writes no word of its protocol is told so', async () => {
    const claim = await perform(agentBy('head -c 300000 /dev/urandom'));
    expect(claim).toMatchObject({ says: 'failed', code: 'agent-protocol', failure: 'crash' });
  });

  test('a flood leaves a record of a few megabytes, and what is in it is read', async () => {
    const claim = await perform(agentBy(`yes flood | head -c 20000000; echo; echo '{"say":"after"}'`));
    expect(prompts).toEqual(Array.from({ length: 3 }, () => '{"say":"after"}'));
    for (const { bytes } of claim.logs) expect(bytes).toBeLessThan(5 * 1024 * 1024);
  });

  test('one that does not read what it is told holds nobody up', async () => {
    const text = 'long '.repeat(200_000);
    const claim = await perform(agentBy(`echo '{"say":1}'`), { assignment: { form: 'change', role: null, text } });
    expect(claim).toMatchObject({ says: 'failed', code: 'no-report' });
  });

  test('a job that is withdrawn, or another’s, ends its agent and claims nothing', async () => {
    for (const [reason, code] of [
      ['withdrawn', 'interrupted'],
      ['lost', 'fenced'],
    ] as const) {
      const stop = new AbortController();
      const note = (message: string): void => (message.endsWith('started') ? stop.abort(reason) : undefined);
      await expect(perform(agentBy('sleep 60'), { signal: stop.signal, note })).rejects.toMatchObject({ code });
    }
  });
});

const missing = { name: 'missing', files: () => [], reader: () => ({ read: () => [], readLast: () => [] }) };

describe('what it is told', () => {
  test('stands in its own home, and nothing of it in the tree', async () => {
    await workspace.files.write('AGENTS.md', 'Rules of the repository.');
    await perform(agentThat(handsIn(done)));
    expect(await workspace.files.list('')).toEqual(['AGENTS.md']);
    const read = await workspace.spawn({
      argv: ['cat', `${workspace.scratch}/agent/rules.md`],
      cwd: '',
      timeoutMs: 10_000,
      network: 'none',
    });
    expect(read.stdout).toBe('Rules.');
    expect(prompts[0]).toMatch(/^Mend a\.txt\..*The test fails still\..*`AGENTS\.md`.*`report`/s);
  });

  test.each([[undefined, '.agents/skills'] as const, ['.claude/skills', '.claude/skills'] as const])(
    'is beside the skills of its role, in its own home and never in the tree: %s',
    async (skills, folder) => {
      const role: Role = {
        name: 'coder',
        prompt: 'You mend.',
        model: null,
        tools: 'all',
        skills: [{ name: 'accents', files: { 'SKILL.md': 'By NFC.', 'letters/table.txt': 'é' } }],
      };
      const driver = { ...agentThat(handsIn(done)), ...(skills === undefined ? {} : { skills }) };
      await perform(driver, { assignment: { form: 'change', role, text: 'Mend a.txt.' } });
      expect(await workspace.files.list('')).toEqual([]);
      const argv = ['sh', '-c', `cd '${workspace.scratch}/agent/${folder}/accents' && cat SKILL.md letters/table.txt`] as const;
      expect((await workspace.spawn({ argv, cwd: '', timeoutMs: 10_000, network: 'none' })).stdout).toBe('By NFC.é');
    },
  );

  test('without a gateway or a desk no agent is started', async () => {
    const station = agentStation({ driver: agentThat(says), agent: { path: '/agent', version: '1' }, desk, blobs, clock: systemClock() });
    const job = { workspace, assignment: { form: 'change', role: null, text: '' }, feedback: [] } as unknown as StationJob; // no more is looked at
    await expect(station.perform(job)).rejects.toMatchObject({ code: 'workspace-failed' });
    expect(prompts).toEqual([]);
  });
});
