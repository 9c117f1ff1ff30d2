import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RecordingWorld, ScriptedFactory, type WorldSetting } from '../../../kit/factory/index.ts';
import { floorMark } from '../../core/base/floor-mark.ts';
import { cli } from './cli.ts';

let folder: string;
let factory: ScriptedFactory;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jidoka-station-doors-'));
  factory = new ScriptedFactory({ folder, runsOf: () => [] });
  Object.assign(factory, { close: async () => undefined }); // it is the next command's too
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function run(argv: readonly string[], setting: Partial<WorldSetting> = {}): Promise<Said> {
  const world = new RecordingWorld({ cwd: folder, factory, ...setting });
  const code = await cli(argv, world);
  return { code, out: world.stdout.text, err: world.stderr.text };
}

describe('station add', () => {
  it('says the size before, and then what was installed', async () => {
    const { code, out, err } = await run(['station', 'add', 'parrot@1.2.0']);
    expect(code).toBe(0);
    expect(err).toContain('Parrot takes about 3 MB.');
    expect(out).toMatch(/✓ parrot@1\.2\.0 is installed\n[^]*integrity +sha512-parrot1\.2\.0\n[^]*size +3 MB/);
    expect((await run(['station', 'add', 'parrot@1.2.0'])).out).toContain('was there already');
  });

  it('gives one document, and the size beside it', async () => {
    const { out, err } = await run(['station', 'add', 'parrot', '--json']);
    expect(JSON.parse(out)).toMatchObject({ how: 'installed', agent: { agent: 'parrot', version: '1.2.0' } });
    expect(err).toContain('No exact version was given');
  });

  it('refuses an agent that nobody knows with exit code 2', async () => {
    const { code, err } = await run(['station', 'add', 'parrto']);
    expect(code).toBe(2);
    expect(err).toContain('"parrto" is no agent');
  });

  it('is refused within a job, and for the token of an agent', async () => {
    const { token } = await factory.credentials.add({ name: 'coder', kind: 'agent', roles: ['*'] });
    expect((await run(['station', 'add', 'parrot', '--token', token])).err).toContain('is an agent');
    expect((await run(['station', 'add', 'parrot'], { env: { [floorMark]: 'x' } })).err).toContain('within a job');
    expect(await factory.agents.store.list()).toEqual([]);
  });
});

describe('station list', () => {
  it('tells of every agent what is there of it', async () => {
    for (const version of ['1.0.0', '1.2.0']) await run(['station', 'add', `parrot@${version}`]);
    factory.agents.store.onPath('magpie', '0.9.0');
    factory.agents.hidden.add('magpie');
    const { out } = await run(['station', 'list']);
    expect(out).toMatch(/^parrot +1\.2\.0 +factory +no +1\.2\.0 +3 MB$/m);
    expect(out).toMatch(/^magpie +0\.9\.0 +\/usr\/local\/bin\/magpie, not seen on the floor +no/m);
    expect(out).toMatch(/^sparrow +not here +no/m);
    expect(out).toContain('Also installed, and not used: parrot@1.0.0.');
    const { agents } = JSON.parse((await run(['station', 'list', '--json'])).out) as { agents: readonly object[] };
    expect(agents[0]).toMatchObject({ name: 'parrot', found: { version: '1.2.0', from: 'factory' }, login: { kind: 'none' } });
  });
});

describe('station remove', () => {
  it('tells what is gone', async () => {
    await run(['station', 'add', 'parrot@1.0.0']);
    expect((await run(['station', 'remove', 'parrot'])).out).toBe('Removed parrot@1.0.0.\n');
    expect((await run(['station', 'remove', 'parrot'])).code).toBe(2);
  });
});

describe('station login', () => {
  it('tells what requests would be made by, and lets stations use it when it is told to', async () => {
    expect((await run(['station', 'login', 'parrot'])).out).toContain('No station can use your login at parrot: nobody is logged in');
    factory.agents.logins.logIn('parrot', 'https://api.example');
    const looked = await run(['station', 'login', 'parrot']);
    expect(looked.out).toMatch(/with +the key of parrot\n.*goes to +https:\/\/api\.example\n/);
    expect(looked.out).toContain('jidoka station login parrot --allow');
    expect((await run(['station', 'login', 'parrot', '--allow'])).out).toContain('Stations may use it.');
    expect(await factory.agents.logins.allowed()).toEqual(['parrot']);
    const { out } = await run(['station', 'login', 'parrot', '--forbid', '--json']);
    expect(JSON.parse(out)).toMatchObject({ agent: 'parrot', kind: 'fit', allowed: false });
  });

  it('is refused where there is none, where both is asked for, and to agents', async () => {
    const { code, err } = await run(['station', 'login', 'parrot', '--allow']);
    expect([code, err]).toEqual([2, expect.stringContaining('No station can use the login of parrot')]);
    expect((await run(['station', 'login', 'parrot', '--allow', '--forbid'])).code).toBe(2);
    const { token } = await factory.credentials.add({ name: 'coder', kind: 'agent', roles: ['*'] });
    expect((await run(['station', 'login', 'parrot', '--allow', '--token', token])).err).toContain('is an agent');
  });
});
