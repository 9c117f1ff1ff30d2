import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GateView } from '../../src/core/ports/factory.ts';
import { gate, script } from './line-of.ts';
import { openPlant, type Plant } from './plant.ts';

let plant: Plant;
let daemon: Awaited<ReturnType<Plant['up']>>;
let repository: string;
const tokens: Record<string, string> = {};
/** A home with a database of its own, which can be killed. */
const home = { home: 'own', database: null };
let factory: Plant['factory'];
beforeAll(async () => {
  plant = await openPlant();
  daemon = await plant.up([], home);
  factory = await plant.look(home.home, home.database);
  repository = (await plant.project()).path;
  for (const [name, kind, roles] of [
    ['ana', 'person', ['reviewer']],
    ['bob', 'person', ['operator']],
    ['coder', 'agent', ['reviewer']],
  ] as const)
    tokens[name] = (await factory.credentials.add({ name, kind, roles })).token;
});
afterAll(() => plant.close());

describe('a gate', () => {
  it('takes no answer of a wrong role, of an agent or to other evidence, from either door, and one right answer once', async () => {
    const { gate: id, digest } = await atGate('doors');
    const other = 'f'.repeat(64);
    for (const [who, shown, why] of [
      ['bob', digest, 'is for reviewer'],
      ['coder', digest, 'agent'],
      ['ana', other, 'is about the evidence'],
    ] as const) {
      expect(await cli(id, '--token', tokens[who] ?? '', '--digest', shown), who).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(why),
      });
      const { status, text } = await http(id, tokens[who] ?? '', shown);
      expect([status, text], who).toEqual([who === 'coder' ? 403 : 409, expect.stringContaining(why)]);
    }
    expect((await http(id, 'nobody-knows-this', digest)).status).toBe(401);
    expect(await factory.gates.show(id)).toMatchObject({ state: 'open' });
    // At once from both doors: one is taken, the other hears by whom.
    const [first, second] = await Promise.all([cli(id, '--token', tokens['ana'] ?? ''), http(id, tokens['ana'] ?? '', digest)]);
    expect([first.code, second.status].filter((each) => each === 0 || each === 200).length).toBe(1);
    expect(first.stderr + second.text).toContain('is closed: ana approved it');
    expect(await cli(id)).toMatchObject({ code: 2, stderr: expect.stringContaining('is closed: ana approved it') });
    await ended(id);
  });

  it('that nobody answered in time counts as refused, and takes no answer any more', async () => {
    const { gate: id, digest } = await atGate('brief', { expires: '1s' });
    await plant.event(({ body }) => body.type === 'gate.expired' && body.gate === id, factory);
    expect(await cli(id)).toMatchObject({ code: 2, stderr: expect.stringMatching(/is closed|expired/) });
    expect((await http(id, tokens['ana'] ?? '', digest)).status).toBe(409);
    expect(await ended(id)).toMatchObject({ verdict: 'ESCALATE' });
  });

  it('survives the daemon and the database killed at once, and no stage is done again after its answer', async () => {
    const { gate: id, digest } = await atGate('killed');
    for (const { pid } of (await factory.operations.status()).executors) if (pid === daemon.pid) process.kill(pid, 'SIGKILL');
    process.kill(await postmaster(), 'SIGKILL');
    daemon = await plant.up([], home);
    const open: { readonly gates: readonly GateView[] } = JSON.parse((await plant.jidoka(['gates', '--json'], home)).stdout);
    expect(open.gates).toMatchObject([{ gate: id, digest }]);
    expect(await cli(id, '--digest', digest)).toMatchObject({ code: 0 });
    expect(await ended(id)).toMatchObject({ verdict: 'NO_OP' });
    const { events } = await factory.show(runOf(id));
    const started = events.flatMap(({ body }) => (body.type === 'stage.started' ? [`${body.stage}/${body.attempt}`] : []));
    expect(started).toEqual(['before/1', 'ok/1', 'after/1']);
  });

  it('cannot be answered by what a stage runs beside it, with all that it finds around it', async () => {
    const line = await plant.line('sly', [script('start', '0'), gate('ok', {}, { after: ['start'] }), { ...sly(), after: ['start'] }]);
    const left = await plant.jidoka(['run', 'task', '--line', line, '--title', 'Sly', '--repo', repository, '--detach'], home);
    expect(left.code, left.stderr).toBe(0);
    const { run } = await plant.event(({ body }) => body.type === 'stage.completed' && body.stage === 'sly', factory);
    const [found] = (await factory.show(run)).events.flatMap(({ body }) =>
      body.type === 'fact.found' && body.stage === 'sly' ? [body.fact] : [],
    );
    expect(found, JSON.stringify(found)).toMatchObject({ outcome: 'holds' });
    const [asked] = (await factory.gates.open()).filter((each) => each.run === run);
    expect(asked).toMatchObject({ stage: 'ok', state: 'open' });
    await plant.jidoka(['cancel', run, '--why', 'seen enough'], home);
  });
});

/**
 * Tries to approve the gate beside it and to make itself a token, with its environment cleared and not, and, where it
 * runs as another user, to read the daemon's token; ends well where nothing of it worked.
 */
function sly(): ReturnType<typeof script> {
  const main = fileURLToPath(new URL('../../dist/src/doors/cli/main.js', import.meta.url));
  const code = `
    const { spawnSync } = require('node:child_process');
    const fs = require('node:fs');
    const home = ${JSON.stringify(`${plant.folder}/own`)};
    const tries = [];
    const cli = (env, ...args) => spawnSync(process.execPath, [${JSON.stringify(main)}, '--home', home, ...args], { env, encoding: 'utf8' });
    const clean = { PATH: process.env.PATH, HOME: process.env.HOME };
    for (const env of [process.env, clean]) {
      // Whoever may read the factory may look at its gates; to act is what counts.
      cli(env, 'gates', '--json');
      tries.push(cli(env, 'approve', 'sly').status, cli(env, 'token', 'add', 'me', '--roles', 'reviewer').status);
    }
    let read = 'unreadable';
    try { read = fs.readFileSync(home + '/daemon/token', 'utf8'); } catch {}
    console.log(JSON.stringify({ uid: process.getuid(), tries, read: read === 'unreadable' }));
    const worked = tries.some((each) => each === 0);
    process.exit(worked || (process.getuid() !== ${process.getuid?.() ?? 0} && read !== 'unreadable') ? 1 : 0);`;
  return script('sly', code);
}

async function atGate(name: string, more: object = {}): Promise<GateView> {
  const line = await plant.line(name, [script('before', '0'), gate('ok', more), script('after', '0')]);
  const parked = await plant.jidoka(['run', 'task', '--line', line, '--title', name, '--repo', repository, '--until-gate', '--json'], home);
  expect(parked.code, parked.stderr).toBe(5);
  return JSON.parse(parked.stdout).gates[0];
}

function cli(id: string, ...args: readonly string[]): ReturnType<Plant['jidoka']> {
  return plant.jidoka(['approve', id, ...args], home);
}

async function http(id: string, token: string, digest: string): Promise<{ readonly status: number; readonly text: string }> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ choice: 'approve', digest });
  const answer = await fetch(`${daemon.url}/v1/gates/${encodeURIComponent(id)}/answer`, { method: 'POST', headers, body });
  return { status: answer.status, text: await answer.text() };
}

function runOf(id: string): string {
  return id.split('/')[0] ?? '';
}

async function ended(id: string): Promise<unknown> {
  return (await plant.event(({ run, body }) => run === runOf(id) && body.type === 'run.ended', factory)).body;
}

async function postmaster(): Promise<number> {
  const { database } = await factory.operations.status();
  return Number((await readFile(`${database}/postmaster.pid`, 'utf8')).split('\n')[0]);
}
