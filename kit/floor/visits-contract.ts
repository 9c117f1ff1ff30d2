import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { Floor, Workspace } from '../../src/core/ports/floor.ts';
import { shell, startSh } from './started-contract.ts';

/** The promises to those who talk with a workspace, look into one, or reach what listens there. */
export function visitsContract(floor: () => Floor, workspace: () => Workspace): void {
  describe('talks and visits', () => {
    talks(workspace);
    visits(floor);
    ports(floor);
  });
}

function talks(workspace: () => Workspace): void {
  test('bytes go to a program and come back as they are, and its end is told', async () => {
    const talk = await workspace().converse(shell('cat; exit 3'));
    const sent = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7) % 256));
    const heard = collect(talk.output);
    for (let at = 0; at < sent.length; at += 50_000) await talk.write(sent.subarray(at, at + 50_000));
    talk.end();
    expect((await heard).equals(sent)).toBe(true);
    expect((await talk.result).exit).toEqual({ kind: 'exited', code: 3 });
  });

  test('a program that is talked to ends at its time, and writing to it after that is no fault', async () => {
    const talk = await workspace().converse({ ...shell('sleep 60'), timeoutMs: 300 });
    expect((await talk.result).exit).toEqual({ kind: 'timed-out', afterMs: 300 });
    await talk.write(new Uint8Array(10));
    talk.end();
    expect((await collect(talk.output)).length).toBe(0);
  });

  test('what it says on stderr is kept, and a program that is not there is told', async () => {
    const talk = await workspace().converse(shell('echo complaint >&2'));
    talk.end();
    expect((await talk.result).stderr).toBe('complaint\n');
    const none = await workspace().converse({ ...shell(''), argv: ['no-such-program'] });
    none.end();
    expect((await none.result).exit.kind).toBe('not-started');
  });
}

function visits(floor: () => Floor): void {
  test('a visitor looks into a workspace that is in use, and leaves it standing', async () => {
    const owned = await floor().open('visits/owned');
    await owned.files.write('file', 'here');
    const found = await floor().attach(owned.ref, { visit: true });
    if (found.kind !== 'attached') throw new Error(`it is ${found.kind}`);
    expect((await found.workspace.spawn(shell('cat file'))).stdout).toBe('here');
    await found.workspace.destroy();
    expect(await owned.files.read('file')).toBe('here');
    await owned.destroy();
    expect(await floor().attach(owned.ref, { visit: true })).toEqual({ kind: 'gone' });
  });

  test('a list names who stands on the floor, and nobody who is gone', async () => {
    const one = await floor().open('visits/listed');
    const standing = (await floor().list()).find(({ ref }) => ref.name === 'visits/listed');
    expect(standing).toMatchObject({ state: 'live', ref: one.ref });
    await one.destroy();
    expect((await floor().list()).some(({ ref }) => ref.name === 'visits/listed')).toBe(false);
  });
}

function ports(floor: () => Floor): void {
  test('two workspaces listen on one port, and each is reached by its own socket until it is closed', async () => {
    const opened = await Promise.all(['visits/one', 'visits/two'].map((name) => floor().open(name)));
    // Without a wall all of them share the ports of their machine.
    const shared = (await floor().probe()).tier === 'T0';
    const port = 20_000 + Math.floor(Math.random() * 20_000);
    const answers = await Promise.all(
      opened.map(async (workspace) => {
        const own = shared ? port + opened.indexOf(workspace) : port;
        const script = `node -e "require('net').createServer((s) => s.end('${workspace.name}')).listen(${own}, '127.0.0.1', () => require('fs').writeFileSync('up', ''))"`;
        await startSh(workspace, script, { ports: [own] });
        await expect.poll(() => workspace.files.read('up'), { timeout: 10_000 }).not.toBeNull();
        const exposed = await workspace.expose(own);
        const answer = await ask(exposed.socket);
        await exposed.close();
        await expect(ask(exposed.socket)).rejects.toThrow(/ENOENT|ECONNREFUSED/);
        return answer;
      }),
    );
    expect(answers).toEqual(['visits/one', 'visits/two']);
    for (const workspace of opened) await workspace.destroy();
  });

  test('a port that nobody listens on breaks the connection, and nothing else', async () => {
    const workspace = await floor().open('visits/silent');
    const exposed = await workspace.expose(20_001);
    expect(await ask(exposed.socket).catch(() => 'broken')).toMatch(/^(broken)?$/);
    await workspace.destroy();
  });
}

function ask(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let heard = '';
    const socket = connect({ path });
    socket.setEncoding('utf8').on('data', (text: string) => (heard += text));
    socket.once('error', reject).once('close', () => resolve(heard));
  });
}

async function collect(output: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of output) chunks.push(chunk);
  return Buffer.concat(chunks);
}
