import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { isRunning, pidsIn, startSh } from '../../../../kit/floor/index.ts';
import { mustRun, startSshd } from '../../../../test/remote/sshd.ts';
import { sshFloor } from './ssh-floor.ts';

function ip(words: string): void {
  mustRun('ip', words.split(' '));
}

interface Cable {
  readonly netns: string;
  readonly address: string;
  readonly set: (state: 'up' | 'down') => void;
}

/** A network of its own at the other end of a cable that can be pulled. */
function layCable(): Cable {
  const name = `jdk${process.pid}`;
  const [near, far] = [`${name}a`, `${name}b`];
  ip(`netns add ${name}`);
  onTestFinished(() => ip(`netns delete ${name}`));
  ip(`link add ${near} type veth peer name ${far} netns ${name}`);
  // From the block for documentation, which no machine is reached at; each process has a network of its own in it.
  const first = 4 * (process.pid % 64);
  const [here, there] = [1, 2].map((host) => `198.51.100.${first + host}`);
  ip(`addr add ${here}/30 dev ${near}`);
  ip(`link set ${near} up`);
  for (const words of [`addr add ${there}/30 dev ${far}`, `link set ${far} up`, 'link set lo up']) ip(`-n ${name} ${words}`);
  return { netns: name, address: String(there), set: (state) => ip(`-n ${name} link set ${far} ${state}`) };
}

test.runIf(process.getuid?.() === 0)(
  'a link that goes down without a word: what ran is out of reach here and ended there, what was started is found again',
  { timeout: 120_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'jidoka-link-'));
    await chmod(folder, 0o711);
    onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }));
    const cable = layCable();
    const sshd = await startSshd(folder, cable);
    const floor = sshFloor({
      host: sshd.host,
      sshOptions: ['-o', 'ConnectTimeout=2', ...sshd.sshOptions],
      root: join(folder, 'work'),
      folder: join(folder, 'sockets'),
      floor: 'host',
      env: process.env,
      log: () => undefined,
      egress: { serve: () => Promise.reject(new Error('there is no way out')) },
    });
    onTestFinished(async () => {
      cable.set('up');
      // Whatever became of the test, its started command ends.
      await (await floor.open('one')).destroy();
      await floor.close();
      await sshd.stop();
    });
    const workspace = await floor.open('one');
    const ref = await startSh(workspace, 'echo before; while [ ! -e go ]; do sleep 0.05; done; echo after; exit 7');
    const spawned = workspace.spawn({
      argv: ['sh', '-c', 'echo $$ > shell; exec sleep 600'],
      cwd: '',
      timeoutMs: 600_000,
      network: 'none',
    });
    const outcome = spawned.catch((error: unknown) => error);
    const [shell = 0] = await pidsIn(workspace, ['shell']);
    cable.set('down');
    const downMs = performance.now();
    expect(await outcome).toMatchObject({ code: 'floor-unreachable' });
    expect(performance.now() - downMs).toBeLessThan(40_000);
    expect(await floor.attach(workspace.ref)).toEqual({ kind: 'unreachable', why: expect.stringMatching(/does not answer/) });
    // Nobody can tell the other side: it finds out by the silence.
    await expect.poll(() => isRunning(shell), { timeout: 40_000 }).toBe(false);
    expect(isRunning(ref.pid)).toBe(true);
    cable.set('up');
    let found = await floor.attach(workspace.ref);
    // On a busy machine the first greeting may come later than it is waited for.
    for (const until = performance.now() + 60_000; found.kind === 'unreachable' && performance.now() < until;)
      found = await floor.attach(workspace.ref);
    if (found.kind !== 'attached') throw new Error(`it is ${found.kind}`);
    await found.workspace.files.write('go', '');
    const result = await found.workspace.attach(ref, { timeoutMs: 600_000, signal: new AbortController().signal });
    expect(result).toMatchObject({ exit: { kind: 'exited', code: 7 }, stdout: 'before\nafter\n' });
    await found.workspace.destroy();
  },
);
