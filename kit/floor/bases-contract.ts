import { createHash, randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Digest } from '../../src/core/base/ids.ts';
import type { BaseOrder, BaseRef, Command, Floor, Workspace } from '../../src/core/ports/floor.ts';
import { madeSource, statusSink } from './made-source.ts';
import { shell } from './started-contract.ts';

const source = madeSource({ 'a.txt': 'one\n', 'src/b.txt': 'two\n', 'deep/er/c.txt': 'three\n', '.gitignore': 'out/\n' });

/** The promises of sealed bases and of the workspaces that are layers over them. */
export function basesContract(floor: () => Floor): void {
  describe('bases', () => {
    making(floor);
    failing(floor);
    layers(floor);
  });
}

function order(more: Partial<BaseOrder> = {}): BaseOrder {
  return { key: keyOf(randomUUID()), source, setup: [], ...more };
}

function keyOf(text: string): Digest {
  return createHash('sha256').update(text).digest('hex') as Digest;
}

function said(script: string, more: Partial<Command> = {}): Command {
  return { ...shell(script), ...more };
}

/** Opens a workspace over a base, gives it to `use`, and destroys it. */
async function over<T>(floor: Floor, base: BaseRef, use: (workspace: Workspace) => Promise<T>): Promise<T> {
  const workspace = await floor.open(`base/${randomUUID().slice(0, 8)}`, { base });
  try {
    return await use(workspace);
  } finally {
    await workspace.destroy();
  }
}

async function out(workspace: Workspace, script: string): Promise<string> {
  const { exit, stdout, stderr } = await workspace.spawn(shell(script));
  expect(exit, stderr).toEqual({ kind: 'exited', code: 0 });
  return stdout.trim();
}

function making(floor: () => Floor): void {
  test('a base is made once, found by its key, and shows the commit and what its setup left', async () => {
    const wanted = order({ setup: [said('mkdir out && echo built > out/b'), said('date +%s%N > out/when')] });
    const first = await floor().prepare(wanted);
    const when = await over(floor(), first, (workspace) => out(workspace, 'cat out/when'));
    expect(await floor().prepare(wanted)).toEqual(first);
    await over(floor(), first, async (workspace) => {
      expect(await out(workspace, 'cat out/when a.txt src/b.txt out/b')).toBe(`${when}\none\ntwo\nbuilt`);
      expect(await workspace.files.read('a.txt')).toBe('one\n');
    });
    expect((await floor().list()).filter(({ ref, state }) => state === 'base' && ref.name === wanted.key)).toHaveLength(1);
  });

  test('of several that prepare one base at once, one builds it', async () => {
    const wanted = order({ setup: [said('date +%s%N > when')] });
    await Promise.all([1, 2, 3].map(() => floor().prepare(wanted)));
    const base = await floor().prepare(wanted);
    const seen = await Promise.all([1, 2].map(() => over(floor(), base, (workspace) => out(workspace, 'cat when'))));
    expect(new Set(seen).size).toBe(1);
  });
}

function failing(floor: () => Floor): void {
  const bad: readonly (readonly [string, Command])[] = [
    ['fails', said('echo half > half; echo why >&2; exit 3')],
    ['hangs', said('echo half > half; sleep 60', { timeoutMs: 1_000 })],
    ['is no program', { ...shell(''), argv: ['no-such-setup'] }],
  ];
  test.each(bad)('a setup command that %s leaves no base and nothing half-made', async (_what, command) => {
    const wanted = order({ setup: [command, said('echo never')] });
    const before = (await floor().list()).filter(({ state }) => state !== 'base').map(({ ref }) => ref.name);
    const failure = await floor()
      .prepare(wanted)
      .then(() => null)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'setup-failed',
      message: expect.stringContaining(command.argv.join(' ')),
      mend: expect.stringMatching(/./),
    });
    const after = await floor().list();
    expect(after.some(({ ref }) => ref.name === wanted.key)).toBe(false);
    expect(after.filter(({ state }) => state !== 'base').map(({ ref }) => ref.name)).toEqual(before);
    // The same order may succeed later.
    await expect(floor().prepare({ ...wanted, setup: [] })).resolves.toMatchObject({ key: wanted.key });
  });

  test('a base that is not there opens nothing', async () => {
    const missing = { floor: floor().kind, key: keyOf('missing') };
    await expect(floor().open('base/missing', { base: missing })).rejects.toMatchObject({ code: 'workspace-failed' });
    expect((await floor().list()).filter(({ ref }) => ref.name === 'base/missing')).toEqual([]);
  });
}

function layers(floor: () => Floor): void {
  let base: BaseRef;
  beforeAll(async () => {
    const setup =
      'mkdir -p out/many/x && for i in $(seq 300); do echo $i > out/many/$i; done; ln out/many/1 out/linked; echo tool > tool && chmod 755 tool';
    base = await floor().prepare(order({ setup: [said(setup)] }));
  });

  test('what one workspace changes no other sees, and the base never', async () => {
    await over(floor(), base, async (one) => {
      await out(
        one,
        'echo changed > a.txt; rm src/b.txt; rm -rf out/many; mkdir out/many; echo new > out/many/new; chmod 600 tool; echo x >> out/linked',
      );
      await over(floor(), base, async (two) => {
        expect(await out(two, 'cat a.txt src/b.txt out/linked; ls out/many | wc -l; stat -c %a tool')).toBe('one\ntwo\n1\n301\n755');
        await two.files.write('a.txt', 'other\n');
      });
      expect(await out(one, 'cat a.txt; ls out/many; stat -c %a tool; cat out/linked')).toBe('changed\nnew\n600\n1\nx');
      expect(await one.files.read('a.txt')).toBe('changed\n');
    });
    await over(floor(), base, async (three) => expect(await three.files.read('a.txt')).toBe('one\n'));
  });

  test('its tree is a clean repository of one commit without remotes, and git may be used in it', async () => {
    await over(floor(), base, async (workspace) => {
      const seen = await out(
        workspace,
        'git status --porcelain -- a.txt src deep; git rev-list --count --all; git remote; git worktree list | wc -l',
      );
      expect(seen).toBe('1\n1');
      await out(
        workspace,
        'git -c user.name=a -c user.email=a@b checkout --quiet -b x && git add tool && git -c user.name=a -c user.email=a@b commit --quiet -m x',
      );
    });
  });

  test('what programs do to files of a base they can do in a layer', async () => {
    await over(floor(), base, async (workspace) => {
      const tricks = [
        'mv deep moved && cat moved/er/c.txt',
        'mv out/many/2 out/many/1000 && cat out/many/1000',
        'ln a.txt hard && echo more >> hard && tail -n 1 a.txt',
        'mkfifo pipe && (echo through > pipe &) && cat pipe',
        'rm -r out && mkdir out && ls out | wc -l',
        `node -e "require('net').createServer().listen('sock', () => { console.log(require('fs').statSync('sock').isSocket()); process.exit() })"`,
        `node -e "const fs=require('fs');fs.watch('src/b.txt',()=>{console.log('seen');process.exit()});setTimeout(()=>fs.appendFileSync('src/b.txt','x'),50);setTimeout(()=>process.exit(9),9000)"`,
        'touch -d @1000000000 a.txt && stat -c %Y a.txt',
      ];
      const seen: string[] = [];
      for (const trick of tricks) seen.push(await out(workspace, trick));
      expect(seen).toEqual(['three', '2', 'more', 'through', '0', 'true', 'seen', '1000000000']);
    });
  });

  test('a harvest sees what was changed, also where the tree has a repository no more', async () => {
    await over(floor(), base, async (workspace) => {
      await out(workspace, 'echo changed > a.txt');
      expect(await workspace.harvest(statusSink)).toContain(' M a.txt');
    });
  });

  test('the git folder a layer began with can be read, and not be changed where there is a wall', async () => {
    await over(floor(), base, async (workspace) => {
      const folder = await workspace.harvest({ take: async (tree) => tree.base });
      expect(folder).not.toBeNull();
      expect(await out(workspace, `cat '${folder}/HEAD' && { echo x >> '${folder}/HEAD'; } 2>/dev/null || echo refused`)).toMatch(
        (await floor().probe()).tier === 'T0' ? /^ref: [^\n]*$/ : /refused$/,
      );
    });
  });

  test('a workspace tells what it takes of the disk, its base not counted', async () => {
    await over(floor(), base, async (workspace) => {
      const before = (await workspace.usage()).diskBytes;
      await out(workspace, 'head -c 3000000 /dev/urandom > big');
      const after = (await workspace.usage()).diskBytes;
      expect((after ?? 0) - (before ?? 0)).toBeGreaterThan(2_500_000);
    });
  });
}
