import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { wirePair } from '../../../../../test/remote/wire-pair.ts';
import { JidokaError } from '../../../../core/base/error.ts';
import type { Floor, Workspace } from '../../../../core/ports/floor.ts';
import { openSession } from '../wire/session.ts';
import type { Answers } from '../wire/served.ts';
import { floorOver } from './floor-over.ts';

const begun = { host: 'far', boot: '', root: '/far' };
const handed = { handle: 1, name: 'one', root: '/far/tree', scratch: '/far/scratch', base: null };

/** A floor whose runner answers as the test says. */
async function floorOf(answers: Answers): Promise<Floor> {
  const folder = await mkdtemp(join(tmpdir(), 'jidoka-strange-'));
  const [near, far] = wirePair();
  const runner = openSession(far, { side: 'runner', answers, heard: () => undefined, fault: (why) => new Error(why) });
  const floor = floorOver({
    kind: 'far',
    host: 'far.example',
    folder,
    settings: { floor: 'host', root: null, factory: 'test' },
    connect: async () => ({ wire: near }),
    describe: async (probe) => probe,
    mend: 'Look at far.example.',
    egress: { serve: () => Promise.reject(new Error('there is no way out')) },
    log: () => undefined,
  });
  onTestFinished(async () => {
    await floor.close();
    await runner.ended;
    await rm(folder, { recursive: true, force: true });
  });
  return floor;
}

const strange = { code: 'floor-unreachable', message: expect.stringContaining('answers what it should not') };
const command = { argv: ['true'] as const, cwd: '', timeoutMs: 1_000, network: 'none' as const };

test('a runner that begins with what is no beginning is no runner', async () => {
  await expect((await floorOf({ begin: async () => ({ value: { host: 7 } }) })).list()).rejects.toMatchObject(strange);
});

const answers: readonly (readonly [string, unknown, (workspace: Workspace) => Promise<unknown>])[] = [
  ['spawn', { exit: { kind: 'exited', code: 'none' }, truncated: false, durationMs: 1 }, (workspace) => workspace.spawn(command)],
  ['spawn', { exit: { kind: 'well' }, truncated: false, durationMs: 1 }, (workspace) => workspace.spawn(command)],
  ['start', { id: 'x' }, (workspace) => workspace.start(command)],
  ['usage', { diskBytes: -1 }, (workspace) => workspace.usage()],
  ['list-files', [1, 2], (workspace) => workspace.files.list('')],
];

test.each(answers)('%s answered with %j is not believed', async (method, value, ask) => {
  const floor = await floorOf({
    begin: async () => ({ value: begun }),
    open: async () => ({ value: handed }),
    [method]: async () => ({ value }),
  });
  await expect(ask(await floor.open('one'))).rejects.toMatchObject(strange);
});

test('what a machine lacks is said of that machine, and what a workspace lacks as it was said', async () => {
  const floor = await floorOf({
    begin: async () => ({ value: begun }),
    probe: () => Promise.reject(new JidokaError('no-sandbox', 'This machine cannot confine commands.', { mend: 'Install bubblewrap.' })),
    open: () => Promise.reject(new JidokaError('workspace-failed', 'It is taken.', { mend: 'Wait.' })),
  });
  const message = 'On far.example: This machine cannot confine commands.';
  await expect(floor.probe()).rejects.toMatchObject({ code: 'no-sandbox', message, mend: 'On far.example: Install bubblewrap.' });
  await expect(floor.open('one')).rejects.toMatchObject({ code: 'workspace-failed', message: 'It is taken.', mend: 'Wait.' });
});
