import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProcessExit } from '../../../core/ports/floor.ts';
import { joining, notEnclosed, prefixed } from './join-script.ts';

let root: string;
beforeAll(async () => void (root = await mkdtemp(join(tmpdir(), 'jidoka-join-'))));
afterAll(() => rm(root, { recursive: true, force: true }));

interface Ended {
  readonly exit: ProcessExit;
  readonly stdout: string;
  readonly stderr: string;
}

function run([file, ...args]: readonly [string, ...string[]]): Ended {
  const { status, stdout, stderr } = spawnSync(file, args, { encoding: 'utf8', env: { PATH: '/usr/bin:/bin' } });
  return { exit: { kind: 'exited', code: status ?? -1 }, stdout, stderr };
}

/** Where the kernel does not listen, a file does: it takes what would have been written. */
async function folder(name: string): Promise<string> {
  const made = join(root, name);
  await mkdir(made);
  return made;
}

test('every folder is joined, whatever its name, before the command runs with its own arguments', async () => {
  const odd = await folder(String.raw`o'dd "$(exit 3)" \x2d`);
  const plain = await folder('plain');
  const look = ['/bin/sh', '-c', 'cat "$1/cgroup.procs" "$2/cgroup.procs"; echo "$3"', 'sh', odd, plain, `it's "$HOME"`] as const;
  expect(run(joining([join(odd, 'cgroup.procs'), join(plain, 'cgroup.procs')], look))).toMatchObject({
    exit: { code: 0 },
    stdout: `0\n0\nit's "$HOME"\n`,
    stderr: '',
  });
});

test('a command whose group cannot be joined is not started', async () => {
  const there = await folder('there');
  const ended = run(joining([join(there, 'tasks'), join(root, 'gone', 'tasks')], ['/bin/sh', '-c', `touch ${join(root, 'ran')}`]));
  expect(notEnclosed(ended)).toBe('the group of the workspace cannot be joined');
  await expect(readFile(join(root, 'ran'))).rejects.toThrow('ENOENT');
});

describe('a command that was not started is told from one that failed', () => {
  test('where there is no such program', () => {
    expect(notEnclosed(run(prefixed([':'], 'no', ['jidoka-no-such-program'])))).toContain('jidoka-no-such-program: not found');
  });

  test('where it may not be run', async () => {
    const file = join(root, 'text');
    await writeFile(file, 'not a program');
    await chmod(file, 0o644);
    expect(notEnclosed(run(prefixed([':'], 'no', [file])))).toContain('Permission denied');
  });

  test.each(["bash -c 'exec nope'", "sh -c 'echo jidoka-limits: 1; nope'", 'exit 125', 'exit 0', 'echo of its own >&2; exit 127'])(
    'and not where it says so itself: %s',
    (script) => {
      expect(notEnclosed(run(prefixed([':'], 'no', ['/bin/sh', '-c', script])))).toBeNull();
    },
  );

  test.each([
    ['jidoka-limits: line 2: exec: nope: not found\n', 'nope: not found'],
    ['jidoka-limits: exec: line 2: nope: not found\n', 'nope: not found'],
    ['jidoka-limits: line 2: /x: Permission denied\njidoka-limits: line 2: exec: /x: cannot execute\n', '/x: Permission denied'],
  ])('in the words of other shells: %j', (stderr, message) => {
    expect(notEnclosed({ exit: { kind: 'exited', code: 127 }, stderr })).toBe(message);
  });
});
