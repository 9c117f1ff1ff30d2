import { describe, expect, it } from 'vitest';
import type { Command, ProcessExit, ProcessResult, Workspace } from '../../core/ports/floor.ts';
import { installLadder, rebuildScripts } from './index.ts';

const passed: ProcessExit = { kind: 'exited', code: 0 };
const failedWith = (code: string): string => `npm error code ${code}`;

/** A workspace whose npm ends as the script says, in order. */
function scripted(...ends: readonly (ProcessExit | string)[]): { readonly workspace: Pick<Workspace, 'spawn'>; readonly ran: Command[] } {
  const ran: Command[] = [];
  const spawn = async (command: Command): Promise<ProcessResult> => {
    const end = ends[ran.length] ?? 'out of script';
    ran.push(command);
    const [exit, stderr] = typeof end === 'string' ? [{ kind: 'exited', code: 1 } as const, end] : [end, ''];
    return { exit, stderr, stdout: '', truncated: false, durationMs: 10 };
  };
  return { workspace: { spawn }, ran };
}

const options = { directory: 'web', hasLock: true, timeoutMs: 1000 };
const ci = 'npm ci --ignore-scripts --no-audit --no-fund';
const install = 'npm install --ignore-scripts --no-save --no-audit --no-fund';

describe('the install ladder', () => {
  it('stands on its first rung where the lockfile installs', async () => {
    const { workspace, ran } = scripted(passed);
    expect(await installLadder(workspace, options)).toMatchObject({
      ok: true,
      rung: ci,
      tried: [`${ci}: installed`],
      failure: null,
      durationMs: 10,
    });
    expect(ran).toMatchObject([{ cwd: 'web', network: 'registry', timeoutMs: 1000 }]);
  });

  it('goes on from a lockfile out of step to the manifest, and from a peer conflict to no peer rules', async () => {
    const { workspace } = scripted(failedWith('EUSAGE'), failedWith('ERESOLVE'), passed);
    const outcome = await installLadder(workspace, options);
    expect(outcome).toMatchObject({ ok: true, rung: `${install} --legacy-peer-deps` });
    expect(outcome.tried).toEqual([`${ci}: failed (EUSAGE)`, `${install}: failed (ERESOLVE)`, `${install} --legacy-peer-deps: installed`]);
  });

  it('begins with the manifest where there is no lockfile', async () => {
    const { workspace } = scripted(passed);
    expect(await installLadder(workspace, { ...options, hasLock: false })).toMatchObject({ rung: install });
  });

  it.each([
    [failedWith('E503'), 'registry'],
    [failedWith('ENOTFOUND'), 'network'],
    ['npm error code 128\nnpm error An unknown git error occurred', 'environment'],
    [{ kind: 'timed-out', afterMs: 1000 } as const, 'timeout'],
    [{ kind: 'signalled', signal: 'SIGKILL' } as const, 'memory'],
  ])('does not climb past a failure of the surroundings: %j', async (end, failure) => {
    const { workspace, ran } = scripted(end, passed);
    expect(await installLadder(workspace, options)).toMatchObject({ ok: false, rung: null, failure });
    expect(ran).toHaveLength(1);
  });

  it('says that a project cannot be installed, when no rung holds', async () => {
    const { workspace } = scripted(failedWith('ETARGET'), failedWith('ETARGET'), failedWith('ETARGET'));
    expect(await installLadder(workspace, options)).toMatchObject({
      ok: false,
      failure: null,
      tried: expect.arrayContaining([`${ci}: failed (ETARGET)`]),
    });
  });
});

describe('the rebuild of packages with install scripts', () => {
  it('runs for those packages and no others, and not at all for none', async () => {
    const { workspace, ran } = scripted(passed);
    expect(await rebuildScripts(workspace, { directory: '', timeoutMs: 1, packages: [] })).toBeNull();
    await rebuildScripts(workspace, { directory: '', timeoutMs: 1, packages: ['a@1.0.0', 'a@1.0.0', '@s/b@2.0.0'] });
    expect(ran.map(({ argv }) => argv.join(' '))).toEqual(['npm rebuild --ignore-scripts=false -- a@1.0.0 @s/b@2.0.0']);
  });
});
