import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { candidatesOn } from './candidates.ts';
import { runCanaries } from './canary/canaries.ts';
import { codexBubblewrap } from './codex-bubblewrap.ts';
import { findWall, keyringFilter, requiredClaims } from './index.ts';
import { seatbeltWall } from './seatbelt/seatbelt.ts';
import { tierOf } from './canary/tier.ts';

const user = process.getuid?.() === 0 ? { uid: 0x4000_0001, gid: 0x4000_0001 } : null;
const path = process.env['PATH'] ?? '';
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jidoka-wall-'));
  await chmod(folder, 0o711);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.runIf(process.platform === 'linux')('on Linux', () => {
  test('a wall that is found has proved all that is required, and leaves nothing', async () => {
    const probeFolder = await mkdtemp(join(folder, 'probe-'));
    await chmod(probeFolder, 0o711);
    const filter = join(folder, 'keyring.bpf');
    await writeFile(filter, keyringFilter() ?? new Uint8Array());
    await chmod(filter, 0o644);
    const { wall, tier, builder, claims, caveats, tried, mend } = await findWall({ path, probeFolder, user, tools: {}, filter });
    expect(wall?.kind, `${JSON.stringify(tried)} ${mend}`).toMatch(/^(bubblewrap|namespaces)$/);
    expect({ tier, caveats }).toEqual({ tier: 'T2', caveats: [] });
    expect(builder).toMatch(/^(bubblewrap|bubblewrap of Codex|namespaces)$/);
    expect(claims.filter(({ state }) => state === 'proved').map(({ claim }) => claim)).toEqual(requiredClaims);
    expect(await readdir(probeFolder)).toEqual([]);
  });

  test('without a single tool there is no wall, and the mend begins with what to install', async () => {
    const found = await findWall({ path, probeFolder: folder, user, tools: {}, system: [] });
    expect(found).toMatchObject({ wall: null, tier: 'T0', builder: 'none', claims: [] });
    expect(found.tried.map(({ kind }) => kind)).toEqual(['bubblewrap', 'namespaces', 'landlock']);
    expect(found.mend).toMatch(/^Run `(sudo )?\S+.*bubblewrap/);
    expect(found.mend).toMatch(/`--floor host`/);
  });
});

test('commands of root get no wall, and are told why', async () => {
  const found = await findWall({ path, probeFolder: folder, user: { uid: 0, gid: 0 }, tools: {} });
  expect(found).toMatchObject({ wall: null, tier: 'T0', claims: [], tried: [{ why: expect.stringMatching(/root|none for/) }] });
  expect(found.mend).not.toBe('');
});

describe('on macOS', () => {
  test('the one wall that is tried is never taken for more than a partial one, and says that nobody has run it', async () => {
    const program = await fakeSandboxExec();
    const { all } = await candidatesOn('darwin', [program.folder], { filter: null, settings: null });
    expect(await Promise.all(all.map((look) => look()))).toMatchObject([
      {
        builder: 'seatbelt',
        partial: true,
        caveats: [expect.stringContaining('never run on a Mac'), expect.any(String), expect.any(String)],
      },
    ]);
  });

  test('a sandbox-exec that holds nothing does not get past the canaries', async () => {
    const { file } = await fakeSandboxExec();
    const outcome = await runCanaries(seatbeltWall(file), { folder, user, path, readable: [] });
    expect(outcome.kind).toBe('came-back');
    expect(outcome.kind === 'came-back' ? tierOf(outcome.claims) : null).toBe('T0');
  });

  /** Takes the arguments of sandbox-exec, and confines nothing. */
  async function fakeSandboxExec(): Promise<{ readonly folder: string; readonly file: string }> {
    const programs = await mkdtemp(join(folder, 'mac-'));
    await chmod(programs, 0o755);
    const file = join(programs, 'sandbox-exec');
    await writeFile(file, '#!/bin/sh\nshift 2\nexec "$@"\n', { mode: 0o755 });
    return { folder: programs, file };
  }
});

test('elsewhere there is none', async () => {
  expect((await candidatesOn('win32', [], { filter: null, settings: null })).all).toEqual([]);
});

describe('the bubblewrap of Codex', () => {
  const inside = 'vendor/x86_64-unknown-linux-musl/codex-resources/bwrap';

  /** Lays a program at a path, and nothing else. */
  async function lay(file: string, mode = 0o755): Promise<string> {
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, '#!/bin/sh\n');
    await chmod(file, mode);
    return file;
  }
  const prefixOf = (): Promise<string> => mkdtemp(join(folder, 'codex-'));

  test.each([
    ['within the package of npm', 'lib/node_modules/@openai/codex/node_modules/@openai/codex-linux-x64'],
    ['beside the package', 'lib/node_modules/@openai/codex-linux-x64'],
    ['in the package itself', 'lib/node_modules/@openai/codex'],
  ])('is found %s, with and without `codex` on PATH', async (_, at) => {
    const prefix = await prefixOf();
    const bwrap = await lay(join(prefix, at, inside));
    expect(await codexBubblewrap([join(prefix, 'bin')], 'x64')).toBe(bwrap);
    await lay(join(prefix, 'lib/node_modules/@openai/codex/bin/codex.js'));
    const elsewhere = await prefixOf();
    await symlink(join(prefix, 'lib/node_modules/@openai/codex/bin/codex.js'), join(elsewhere, 'codex'));
    expect(await codexBubblewrap([elsewhere], 'x64')).toBe(bwrap);
  });

  test('is found beside a program that was not installed by npm', async () => {
    const prefix = await prefixOf();
    await lay(join(prefix, 'x86_64-unknown-linux-musl/bin/codex'));
    const bwrap = await lay(join(prefix, 'x86_64-unknown-linux-musl/codex-resources/bwrap'));
    await symlink(join(prefix, 'x86_64-unknown-linux-musl/bin/codex'), join(prefix, 'codex'));
    expect(await codexBubblewrap([prefix], 'x64')).toBe(bwrap);
  });

  test('is of the same machine, can be run, and can be written by nobody else', async () => {
    const prefix = await prefixOf();
    const at = join(prefix, 'lib/node_modules/@openai/codex-linux-x64', inside);
    const find = (machine: string): Promise<string | null> => codexBubblewrap([join(prefix, 'bin')], machine);
    await lay(at);
    expect([await find('arm64'), await find('riscv64'), await find('x64')]).toEqual([null, null, at]);
    await lay(at, 0o644);
    expect(await find('x64')).toBeNull();
    await lay(at, 0o777);
    expect(await find('x64')).toBeNull();
  });
});
