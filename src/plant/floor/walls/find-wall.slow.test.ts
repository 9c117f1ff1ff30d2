import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { user } from '../../../../test/walls/bench.ts';
import { findWall, requiredClaims } from './index.ts';
import type { FoundWall, WallSearch } from './index.ts';

const run = promisify(execFile);
const path = '/usr/local/bin:/usr/bin:/bin';
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jidoka-find-'));
  await chmod(folder, 0o755);
});
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }));

/** A folder with the system's programs but for some. */
async function toolsWithout(...names: readonly string[]): Promise<string> {
  const tools = await mkdtemp(join(folder, 'tools-'));
  await chmod(tools, 0o755);
  for (const from of ['/usr/bin', '/usr/sbin', '/bin', '/sbin']) {
    for (const name of await readdir(from)) {
      // The first one counts, as on PATH.
      if (!names.includes(name)) await symlink(join(from, name), join(tools, name)).catch(() => undefined);
    }
  }
  return tools;
}

const search = (changes: Partial<WallSearch> = {}): Promise<FoundWall> =>
  findWall({ path, probeFolder: folder, user, tools: {}, ...changes });

describe('of the walls', () => {
  test('bubblewrap is taken first', async () => {
    expect(await search()).toMatchObject({ builder: 'bubblewrap', tier: 'T2', mend: '' });
  });

  test('where it cannot build its wall util-linux is, and what was tried is told', async () => {
    const broken = await mkdtemp(join(folder, 'broken-'));
    await chmod(broken, 0o755);
    await writeFile(join(broken, 'bwrap'), '#!/bin/sh\necho "bwrap: setting up uid map: Permission denied" >&2\nexit 1\n', { mode: 0o755 });
    const found = await search({ system: [broken, '/usr/sbin', '/usr/bin', '/sbin', '/bin'] });
    const tried = [{ kind: 'bubblewrap', why: 'bwrap: setting up uid map: Permission denied' }];
    expect(found).toMatchObject({ builder: 'namespaces', tier: 'T2', tried });
  });

  test('without either there is none, and nothing weaker stands in for it', async () => {
    const found = await search({ system: [await toolsWithout('bwrap', 'unshare')] });
    expect(found).toMatchObject({ wall: null, tier: 'T0' });
    expect(found.tried.map(({ kind, why }) => `${kind}: ${why}`)).toEqual([
      'bubblewrap: bwrap is not installed',
      'namespaces: not installed: unshare',
      'landlock: it holds less than tier T2, and was not asked for',
    ]);
    expect(found.mend).toMatch(/^Run `.*install.*bubblewrap`: bubblewrap is missing\./);
    expect(found.mend).toContain('unshare (util-linux');
  });

  test('where less will do, a better one is taken all the same', async () => {
    expect(await search({ least: 'T1' })).toMatchObject({ builder: 'bubblewrap', tier: 'T2' });
  });

  test('where less will do and there is nothing better, Landlock is taken, says what it lacks and how to do better', async () => {
    const found = await search({ least: 'T1', system: [await toolsWithout('bwrap', 'unshare')] });
    expect(found, JSON.stringify(found.tried)).toMatchObject({ builder: 'landlock', tier: 'T1', wall: { kind: 'landlock' } });
    expect(found.caveats.length).toBeGreaterThan(0);
    const refuted = found.claims.filter(({ state }) => state !== 'proved').map(({ claim }) => claim);
    expect(refuted).toEqual(['proc.hidden', 'proc.kill.complete', 'caps.reserve.none', 'net.devices.none', 'net.loopback.own']);
    expect(found.mend).toMatch(/^Run `/);
  });
});

describe('where user namespaces are switched off', () => {
  test('there is no wall, and the mend begins with the switch', async () => {
    const found = await searchWithoutNamespaces('{}');
    expect(found).toMatchObject({ wall: null, tier: 'T0' });
    expect(found.tried.map(({ kind }) => kind)).toEqual(['bubblewrap', 'namespaces', 'landlock']);
    expect(found.mend).toMatch(/^Run `(sudo )?sysctl -w user\.max_user_namespaces=\d+`: user namespaces are switched off\./);
  });

  test('Landlock still stands, where it will do', async () => {
    expect(await searchWithoutNamespaces('{ "least": "T1" }')).toMatchObject({ tier: 'T1', builder: 'landlock' });
  });
});

/** Enters a user namespace with all users of this one, in which no other can be made, and becomes its arguments. */
const forbidding = `use strict;
my ($call, @command) = @ARGV;
pipe my $made, my $make; pipe my $mapped, my $map;
my $child = fork;
if (!$child) {
  syscall($call + 0, 0x10000000) == 0 or die "no namespace: $!";
  syswrite $make, 'x'; sysread $mapped, my $go, 1;
  open my $most, '>', '/proc/sys/user/max_user_namespaces' or die $!; print $most 0; close $most or die $!;
  exec @command;
}
sysread $made, my $done, 1;
my $all = $> == 0;
sub put { open my $file, '>', "/proc/$child/$_[0]" or die $!; print $file $_[1]; close $file or die $! }
put 'setgroups', 'deny' unless $all;
put 'uid_map', $all ? '0 0 4294967295' : "$> $> 1";
put 'gid_map', $all ? '0 0 4294967295' : ($) + 0) . ' ' . ($) + 0) . ' 1';
syswrite $map, 'x';
waitpid $child, 0;
exit $? >> 8;
`;

/** Searches in a process of its own; node before 22 does not read TypeScript, so vite loads it. */
async function searchWithoutNamespaces(changes: string): Promise<FoundWall> {
  const program = join(folder, 'search.mjs');
  const options = JSON.stringify({ path, probeFolder: folder, user, tools: {} });
  await writeFile(
    program,
    `import { createViteServer } from ${JSON.stringify(import.meta.resolve('vitest/node'))};
    const vite = await createViteServer({ configFile: false, cacheDir: ${JSON.stringify(join(folder, '.vite'))}, logLevel: 'error', server: { middlewareMode: true, ws: false, watch: null } });
    const { findWall } = await vite.ssrLoadModule(${JSON.stringify(join(import.meta.dirname, 'index.ts'))});
    console.log(JSON.stringify(await findWall({ ...${options}, ...${changes} })));
    process.exit();`,
  );
  const number = process.arch === 'x64' ? '272' : '97';
  const { stdout } = await run('perl', ['-e', forbidding, '--', number, process.execPath, program]);
  return JSON.parse(stdout) as FoundWall; // what the program above prints
}

describe('the bubblewrap of an installed Codex', () => {
  test('holds all that is required, where the system has none', async () => {
    const prefix = await mkdtemp(join(folder, 'prefix-'));
    await chmod(prefix, 0o755);
    await installCodex(prefix);
    const found = await search({ system: [await toolsWithout('bwrap', 'unshare'), join(prefix, 'bin')] });
    expect(found, JSON.stringify(found.tried)).toMatchObject({
      builder: 'bubblewrap of Codex',
      tier: 'T2',
      wall: { kind: 'bubblewrap' },
      mend: '',
    });
    expect(found.claims.filter(({ state }) => state === 'proved').map(({ claim }) => claim)).toEqual(requiredClaims);
  });

  /** The package of this machine alone, of which only the one program is unpacked; the whole of it is 160 MB. */
  async function installCodex(prefix: string): Promise<void> {
    const { stdout } = await run('npm', ['pack', '--silent', `@openai/codex@0.169.0-linux-${process.arch}`], { cwd: prefix });
    const target = process.arch === 'x64' ? 'x86_64-unknown-linux-musl' : 'aarch64-unknown-linux-musl';
    await run('tar', ['-xzf', stdout.trim(), `package/vendor/${target}/codex-resources/bwrap`], { cwd: prefix });
    await rm(join(prefix, stdout.trim()));
    const packages = join(prefix, 'lib/node_modules/@openai/codex/node_modules/@openai');
    await mkdir(packages, { recursive: true });
    await rename(join(prefix, 'package'), join(packages, `codex-linux-${process.arch}`));
    await run('chmod', ['-R', 'a+rX', prefix]);
  }
});
