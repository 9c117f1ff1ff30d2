import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { agentStoreContract, sampleAgents } from '../../../../kit/agents/index.ts';
import { registryDouble, type FakePackage, type FakeRelease, type RegistryDouble } from '../../../../kit/registry/index.ts';
import type { AgentOrder, AgentStore } from '../../../core/ports/stations/agents.ts';
import { systemClock } from '../../clock/index.ts';
import { ownPrograms } from '../../floor/index.ts';
import { withFileLock } from '../../postgres/index.ts';
import type { AgentRecord } from './catalogue/index.ts';
import { agentStore, type AgentStoreOptions } from './index.ts';

const records: readonly AgentRecord[] = sampleAgents.map((known) => ({
  ...known,
  platformPackages: null,
  native: null,
  versionArguments: ['--version'],
  quiet: {},
  login: known.adapterOf === null ? { files: [], variables: [], keyChain: 'never', how: `Run \`${known.program} login\`.` } : null,
}));

function release(version: string, program: string, more: Partial<FakeRelease> = {}): FakeRelease {
  const { manifest = {}, ...rest } = more;
  const files = { 'cli.js': `#!/usr/bin/env node\nconsole.log(${JSON.stringify(`${program} ${version}`)});\n` };
  return { version, files, manifest: { bin: { [program]: 'cli.js' }, ...manifest }, ...rest };
}

const packages: readonly FakePackage[] = records.map(({ package: name, program }) => ({
  name,
  releases: ['1.0.0', '1.2.0', '1.10.0'].map((version) => release(version, program)),
}));

let root: string;
let registry: RegistryDouble;

async function begin(): Promise<void> {
  root = await mkdtemp(join(tmpdir(), 'jidoka-agents-'));
  registry = await registryDouble({ packages });
  // As the owner of a factory would say it: in the .npmrc of the factory's home.
  await writeFile(join(root, '.npmrc'), `registry=${registry.url}\ncache=${join(root, 'cache')}\nfetch-retries=0\n`);
}

async function end(): Promise<void> {
  await registry.close();
  await rm(root, { recursive: true, force: true, maxRetries: 5 });
}

function storeOf(more: Partial<AgentStoreOptions> = {}): AgentStore {
  return agentStore({
    folder: join(root, 'agents'),
    drafts: join(root, 'drafts'),
    settings: root,
    // npm's settings of whoever runs the tests are not the owner's.
    env: { PATH: process.env['PATH'], HOME: root },
    clock: systemClock(),
    run: ownPrograms(systemClock()),
    log: () => undefined,
    lock: withFileLock,
    catalogue: records,
    ...more,
  });
}

const quietly = (spec: string): AgentOrder => ({ spec, say: () => undefined });

agentStoreContract('npm', async () => {
  await begin();
  return { store: storeOf(), end };
});

describe('the store of agents', () => {
  beforeEach(begin);
  afterEach(end);

  it('runs no script, records what it saw, and keeps no setting of npm beside it', async () => {
    registry.publish({
      name: '@sample/parrot',
      releases: [release('1.2.0', 'parrot', { scripts: { postinstall: `node -e "require('fs').writeFileSync('${root}/ran', '')"` } })],
    });
    const { agent } = await storeOf().add(quietly('parrot@1.2.0'));
    expect(existsSync(join(root, 'ran'))).toBe(false);
    const folder = join(root, 'agents/parrot@1.2.0');
    const record: unknown = JSON.parse(await readFile(join(folder, 'agent.json'), 'utf8'));
    expect(record).toMatchObject({ version: '1.2.0', said: 'parrot 1.2.0', integrity: agent.integrity, node: process.versions.node });
    const lock = await readFile(join(folder, 'package-lock.json'), 'utf8');
    expect(lock).toContain(agent.integrity);
    expect((await readdir(folder)).toSorted()).toEqual(['agent.json', 'node_modules', 'package-lock.json', 'package.json']);
    expect(await readdir(join(root, 'drafts'))).toEqual([]);
  });

  it('gives npm the settings of the owner, and no key of a provider', async () => {
    const given: Readonly<Record<string, string>>[] = [];
    const run: AgentStoreOptions['run'] = (program) => {
      if (program.argv.includes('npm')) given.push(program.env ?? {});
      return ownPrograms(systemClock())(program);
    };
    const env = { PATH: process.env['PATH'], HOME: root, HOUSE_KEY: 'sk-of-the-provider', npm_config_fund: 'false' };
    await storeOf({ run, env, withheld: ['HOUSE_KEY'] }).add(quietly('parrot@1.2.0'));
    expect(given.length).toBeGreaterThan(0);
    for (const one of given) {
      expect(one).toMatchObject({ npm_config_fund: 'false' });
      expect(JSON.stringify(one)).not.toContain('sk-of-the-provider');
    }
  });

  it('can be read by whoever commands run as, whatever mask the factory has', async () => {
    const before = process.umask(0o077);
    try {
      await storeOf().add(quietly('parrot@1.2.0'));
    } finally {
      process.umask(before);
    }
    const folder = join(root, 'agents/parrot@1.2.0');
    for (const path of ['..', '.', 'agent.json', 'node_modules', 'node_modules/@sample/parrot/cli.js']) {
      expect((await stat(join(folder, path))).mode & 0o055, path).toBeGreaterThanOrEqual(path.includes('json') ? 0o044 : 0o055);
    }
  });

  it('honours no setting of the owner that would change what is installed', async () => {
    await writeFile(
      join(root, '.npmrc'),
      'omit=optional\npackage-lock=false\nignore-scripts=false\nglobal=true\ndry-run=true\ninstall-strategy=nested\n',
      {
        flag: 'a',
      },
    );
    const { agent } = await storeOf().add(quietly('parrot@1.2.0'));
    expect(agent.said).toBe('parrot 1.2.0');
  });

  it('takes the program of the package for this kind of machine, the first that answers rightly', async () => {
    const made = `magpie-${process.platform}-${process.arch}`;
    const native = (name: string, script: string): FakePackage => ({
      name,
      releases: [
        {
          version: '1.2.0',
          files: { 'bin/magpie': `#!/bin/sh\n${script}\n` },
          programs: ['bin/magpie'],
          manifest: { os: [process.platform] },
        },
      ],
    });
    registry.publish(native(made, 'kill -ILL $$'));
    registry.publish(native(`${made}-baseline`, 'echo magpie 1.2.0'));
    registry.publish({
      name: 'magpie',
      releases: [
        release('1.2.0', 'magpie', {
          files: { 'cli.js': '#!/usr/bin/env node\nconsole.error("postinstall did not run"); process.exit(1);\n' },
          optionalDependencies: { [made]: '1.2.0', [`${made}-baseline`]: '1.2.0' },
        }),
      ],
    });
    const catalogue = records.map((record) => ({ ...record, platformPackages: 'magpie-', native: 'bin/magpie' }));
    const { agent } = await storeOf({ catalogue }).add(quietly('magpie@1.2.0'));
    expect(agent.path).toBe(join(root, `agents/magpie@1.2.0/node_modules/${made}-baseline/bin/magpie`));
  });

  it('refuses what came without anything for this kind of machine, about which npm is silent', async () => {
    registry.publish({ name: 'magpie', releases: [release('1.2.0', 'magpie', { optionalDependencies: { 'magpie-here': '1.2.0' } })] });
    registry.publish({ name: 'magpie-here', releases: [{ version: '1.2.0', manifest: { os: ['beos'] } }] });
    const catalogue = records.map((record) => ({ ...record, platformPackages: 'magpie-' }));
    const adding = storeOf({ catalogue }).add(quietly('magpie@1.2.0'));
    await expect(adding).rejects.toMatchObject({ code: 'agent-invalid', message: expect.stringContaining('no package magpie-*') });
    expect(await storeOf().list()).toEqual([]);
  });

  it.each([
    ['says another version', 'console.log("parrot 1.0.0")', /says that it is 1\.0\.0/],
    ['says none', 'console.log("squawk")', /does not tell its version: "squawk"/],
    ['cannot run', 'process.exit(7)', /does not tell its version/],
  ])('refuses a program that %s, keeps nothing of it, and tells what Node it asks for', async (_what, script, why) => {
    const files = { 'cli.js': `#!/usr/bin/env node\n${script}\n` };
    registry.publish({ name: '@sample/parrot', releases: [release('1.2.0', 'parrot', { files, engines: { node: '>=99' } })] });
    const error: unknown = await storeOf()
      .add(quietly('parrot@1.2.0'))
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'agent-invalid', message: expect.stringMatching(why), mend: expect.stringMatching(/./) });
    expect(error).toMatchObject({ message: expect.stringContaining('asks for Node >=99') });
    expect(await readdir(join(root, 'agents'))).toEqual([]);
    expect(await readdir(join(root, 'drafts'))).toEqual([]);
  });

  it('installs what asks for a newer Node and runs on this one, and says so', async () => {
    registry.publish({ name: '@sample/parrot', releases: [release('1.2.0', 'parrot', { engines: { node: '>=99' } })] });
    const said: string[] = [];
    await storeOf().add({ spec: 'parrot@1.2.0', say: (line) => void said.push(line) });
    expect(said.at(-1)).toContain('asks for Node >=99');
  });

  const broken = (status: number) => (): void => registry.behave('@sample/parrot', { kind: 'status', status });
  const failures: readonly (readonly [what: string, spec: string, code: string, prepare: () => void | Promise<void>])[] = [
    ['a version that is not there', 'parrot@9.9.9', 'version-invalid', () => undefined],
    ['a package that is not there', 'parrot@1.2.0', 'package-unknown', broken(404)],
    ['a registry that fails', 'parrot@1.2.0', 'registry-unavailable', broken(500)],
    ['a registry that wants another login', 'parrot@1.2.0', 'registry-unavailable', broken(401)],
    ['a registry that is not there', 'parrot@1.2.0', 'registry-unavailable', () => registry.close()],
  ];
  it.each(failures)('tells of %s, with what to do, and quotes no address', async (_what, spec, code, prepare) => {
    await prepare();
    const error: unknown = await storeOf()
      .add(quietly(spec))
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, mend: expect.stringMatching(/./) });
    expect(String(error)).not.toContain('127.0.0.1');
    expect(await readdir(join(root, 'agents'))).toEqual([]);
    if (code === 'registry-unavailable') registry = await registryDouble({ packages });
  });

  it('downloads nothing where the disk has no room, and tells how much it takes', async () => {
    const adding = storeOf({ freeBytes: async () => 5_000_000 }).add(quietly('parrot@1.2.0'));
    await expect(adding).rejects.toMatchObject({ code: 'disk-full', message: expect.stringMatching(/needs 6 MB.*5 MB are free/) });
    expect(registry.requests()).toEqual([]);
  });

  it('says that npm is missing where it is', async () => {
    const empty = join(root, 'empty');
    await mkdir(empty);
    await writeFile(join(empty, 'npm'), '#!/bin/sh\nexit 127\n');
    await chmod(join(empty, 'npm'), 0o755);
    const run = ownPrograms(systemClock());
    const withoutNpm: AgentStoreOptions['run'] = (program) => run({ ...program, env: { ...program.env, PATH: empty } });
    await expect(storeOf({ run: withoutNpm }).add(quietly('parrot@1.2.0'))).rejects.toMatchObject({ code: 'npm-missing' });
  });

  it('of two who install the same at once one does it', async () => {
    const both = await Promise.all([storeOf().add(quietly('parrot@1.2.0')), storeOf().add(quietly('parrot@1.2.0'))]);
    expect(both.map(({ how }) => how).toSorted()).toEqual(['installed', 'there']);
    expect(both[0]?.agent).toEqual(both[1]?.agent);
    expect(registry.requests().filter((line) => line.endsWith('.tgz'))).toHaveLength(1);
  });

  it('killed in the middle leaves nothing that counts, and the next one begins anew', async () => {
    registry.behave('@sample/parrot', { kind: 'hang' }, 1);
    const first = storeOf();
    const adding = first.add(quietly('parrot@1.2.0'));
    adding.catch(() => undefined);
    await expect.poll(() => registry.asked('@sample/parrot'), { timeout: 60_000 }).toBe(1);
    const [draft = ''] = (await readdir(join(root, 'drafts'))).filter((name) => name.startsWith('parrot@'));
    await first.close();
    await expect(adding).rejects.toMatchObject({ code: 'interrupted' });
    // As one that was killed with SIGKILL would have left it.
    await mkdir(join(root, 'drafts', draft, 'node_modules'), { recursive: true });
    expect(await storeOf().find('parrot')).toBeNull();
    expect((await storeOf().add(quietly('parrot@1.2.0'))).how).toBe('installed');
    expect(await readdir(join(root, 'drafts'))).toEqual([]);
  });

  it('puts right what somebody took a part of, and does not find it until then', async () => {
    const { agent } = await storeOf().add(quietly('parrot@1.2.0'));
    await rm(agent.path);
    expect(await storeOf().find('parrot')).toBeNull();
    expect((await storeOf().add(quietly('parrot@1.2.0'))).how).toBe('installed');
    expect(await storeOf().find('parrot')).toMatchObject({ path: agent.path });
  });

  it('tells the version that is there now, where a program replaced itself', async () => {
    await storeOf().add(quietly('parrot@1.2.0'));
    const manifest = join(root, 'agents/parrot@1.2.0/node_modules/@sample/parrot/package.json');
    await writeFile(manifest, (await readFile(manifest, 'utf8')).replace('"1.2.0"', '"1.3.0"'));
    expect(await storeOf().find('parrot')).toMatchObject({ version: '1.3.0', from: 'factory' });
  });
});

describe('a package of the real registry', () => {
  it('is installed and answers', async () => {
    root = await mkdtemp(join(tmpdir(), 'jidoka-agents-'));
    const [record] = records;
    if (record === undefined) throw new Error('there are no sample agents');
    const small = { ...record, name: 'json5', package: 'json5', program: 'json5', recommended: '2.2.3' };
    const { agent } = await storeOf({ catalogue: [small], env: process.env }).add(quietly('json5'));
    expect(agent).toMatchObject({ version: '2.2.3', said: '2.2.3', integrity: expect.stringMatching(/^sha512-.{86}==$/) });
    expect(agent.bytes).toBeGreaterThan(100_000);
    await rm(root, { recursive: true, force: true });
  });
});
