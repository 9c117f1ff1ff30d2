import { chmod, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { git, makeRepository, type MadeRepository } from '../../kit/forge/index.ts';
import { fingerprint, osv, refsOf, saying } from '../../kit/scenario/index.ts';
import { packagePath } from '../../src/doors/config.ts';
import { openScene, type Scene } from './scene.ts';

let scene: Scene;
let shop: MadeRepository;
let before: unknown;
beforeAll(async () => {
  scene = await openScene([saying('plain', { '1.0.0': 'hello', '1.1.0': 'hello', '2.0.0': 'hello' })]);
  shop = await scene.project({ dependencies: { plain: '1.1.0' } });
  before = [await fingerprint(shop.path), await refsOf(shop.path)];
});
afterAll(() => scene.close());

interface Complaint {
  readonly code: string;
  readonly message: RegExp;
  readonly mend: RegExp;
}

describe('a target that cannot be worked on', () => {
  it.each<[string, () => Promise<string>, Complaint]>([
    [
      'a path that does not exist',
      async () => join(scene.folder, 'nowhere'),
      { code: 'repository-invalid', message: /no folder .*nowhere/, mend: /git repository, or its URL/ },
    ],
    [
      'a folder without git',
      () => folder('no-git', {}, false),
      { code: 'repository-invalid', message: /not in a git repository/, mend: /--repo/ },
    ],
    ['a repository without commits', noCommit, { code: 'repository-invalid', message: /has no commit/, mend: /git commit/ }],
    [
      'a repository without package.json',
      () => folder('no-manifest', { 'README.md': 'x' }),
      { code: 'repository-invalid', message: /package\.json/, mend: /\S/ },
    ],
    [
      'a package.json that is no JSON',
      () => folder('bad-manifest', { 'package.json': '{ "name": ' }),
      { code: 'manifest-invalid', message: /package\.json/, mend: /\S/ },
    ],
    [
      'a package.json that is a list',
      () => folder('list-manifest', { 'package.json': '[]' }),
      { code: 'manifest-invalid', message: /package\.json/, mend: /\S/ },
    ],
    [
      'a lockfile with the marks of a merge',
      () => folder('merge', { 'package.json': '{"name":"x"}', 'package-lock.json': merging }),
      { code: 'lockfile-invalid', message: /package-lock\.json/, mend: /npm install/ },
    ],
  ])('is refused: %s', async (_, make, complaint) => {
    await expectRefused(['run', 'deps', '--package', 'plain', '--repo', await make()], complaint);
  });
});

describe('an update that cannot be meant', () => {
  it.each<[readonly string[], Complaint]>([
    [['--package', 'plian'], { code: 'package-unknown', message: /"plian"/, mend: /--package plain\?/ }],
    [['--package', 'nothing-like-it'], { code: 'package-unknown', message: /nothing-like-it/, mend: /--all/ }],
    [['--package', 'plain', '--to', 'banana'], { code: 'version-invalid', message: /"banana"/, mend: /--to minor/ }],
    [['--package', 'plain', '--to', '9.9.9'], { code: 'version-invalid', message: /no plain@9\.9\.9/, mend: /2\.0\.0, 1\.1\.0, 1\.0\.0/ }],
    [['--package', 'plain', '--to', '1.0.0'], { code: 'version-invalid', message: /1\.1\.0.*1\.0\.0/, mend: /2\.0\.0/ }],
    [['--package', 'plain@2.0.0'], { code: 'usage', message: /plain@2\.0\.0/, mend: /--package plain --to 2\.0\.0/ }],
    [['--all', '--to', '2.0.0'], { code: 'usage', message: /2\.0\.0/, mend: /patch, minor or major/ }],
    [[], { code: 'usage', message: /Neither --package nor --all/, mend: /exactly one/ }],
    [['--package', 'plain', '--all'], { code: 'usage', message: /Both --package and --all/, mend: /exactly one/ }],
    [['--pakage', 'plain'], { code: 'usage', message: /--pakage/, mend: /--package/ }],
    [['--all', '--scope', 'everything'], { code: 'usage', message: /everything/, mend: /\S/ }],
  ])('is refused: %j', async (args, complaint) => {
    await expectRefused(['run', 'deps', ...args, '--repo', shop.path], complaint);
  });
});

describe('an advisory that cannot be read', () => {
  it.each<[string, () => Promise<string>, Complaint]>([
    [
      'a file that is not there',
      async () => join(scene.folder, 'nothing.json'),
      { code: 'advisory-invalid', message: /nothing\.json cannot be read/, mend: /OSV/ },
    ],
    [
      'a file that is no JSON',
      () => scene.write('advisories/text.json', 'GHSA: plain'),
      { code: 'advisory-invalid', message: /text\.json is not JSON/, mend: /OSV/ },
    ],
    [
      'JSON that is no advisory',
      () => scene.write('advisories/manifest.json', '{"name":"plain"}'),
      { code: 'advisory-invalid', message: /manifest\.json is not an OSV advisory at id/, mend: /OSV/ },
    ],
    ['an empty folder', emptyFolder, { code: 'advisory-invalid', message: /no \.json file/, mend: /folder of advisories/ }],
  ])('is refused: %s', async (_, make, complaint) => {
    await expectRefused(['run', 'cve', '--advisory', await make(), '--repo', shop.path], complaint);
  });

  it('is refused without any advisory at all', async () => {
    await expectRefused(['run', 'cve', '--repo', shop.path], { code: 'usage', message: /--advisory/, mend: /jidoka help run cve/ });
  });

  it('is refused where one of a folder is broken, and none of the others is worked', async () => {
    await scene.write('mixed/a.json', osv('A-1', { name: 'plain' }));
    const broken = await scene.write('mixed/b.json', '{}');
    await expectRefused(['run', 'cve', '--advisory', join(broken, '..'), '--repo', shop.path], {
      code: 'advisory-invalid',
      message: /b\.json/,
      mend: /OSV/,
    });
  });
});

describe('a line file that cannot be read', () => {
  it('is refused with the place of a key that no line has', async () => {
    const text = await readFile(packagePath('lines', 'deps', 'line.yaml'), 'utf8');
    const line = text.split('\n').findIndex((each) => each.includes('baselineRuns')) + 1;
    const file = await scene.write('typo.yaml', text.replace('baselineRuns', 'baselineRun'));
    const message = new RegExp(`typo\\.yaml:${line}:3\\b.*baselineRun`, 's');
    await expectRefused(['run', 'deps', '--package', 'plain', '--line', file, '--repo', shop.path], {
      code: 'line-invalid',
      message,
      mend: /baselineRuns/,
    });
  });

  it.each<[string, string, RegExp]>([
    ['no YAML', 'a: [', /broken\.yaml:1/],
    ['empty', '', /broken\.yaml/],
  ])('is refused where it is %s', async (_, text, message) => {
    const file = await scene.write('broken.yaml', text);
    await expectRefused(['run', 'deps', '--package', 'plain', '--line', file, '--repo', shop.path], {
      code: 'line-invalid',
      message,
      mend: /\S/,
    });
  });

  it('is refused before any work is done where it names a station that is not there', async () => {
    const text = await readFile(packagePath('lines', 'deps', 'line.yaml'), 'utf8');
    const file = await scene.write('robot.yaml', text.replace('station: mechanic', 'station: robot'));
    await expectRefused(['run', 'deps', '--package', 'plain', '--line', file, '--repo', shop.path], {
      code: 'line-invalid',
      message: /"robot"/,
      mend: /mechanic/,
    });
  });

  it('is refused where there is none', async () => {
    await expectRefused(['run', 'deps', '--all', '--line', 'none.yaml', '--repo', shop.path], {
      code: 'line-invalid',
      message: /none\.yaml cannot be read/,
      mend: /lines\/deps\/line\.yaml/,
    });
  });
});

describe('a question about what is not there', () => {
  it.each<[readonly string[], Complaint]>([
    [['show', 'deps-nothing-00000000'], { code: 'run-unknown', message: /deps-nothing-00000000/, mend: /jidoka runs/ }],
    [['resume', 'deps-nothing-00000000'], { code: 'run-unknown', message: /deps-nothing-00000000/, mend: /jidoka runs/ }],
    [['evidence', 'deps-nothing-00000000'], { code: 'run-unknown', message: /deps-nothing-00000000/, mend: /jidoka runs/ }],
    [['runs', '--limit', 'many'], { code: 'usage', message: /many/, mend: /--limit 50/ }],
    [['--database', 'mysql://localhost/x', 'runs'], { code: 'usage', message: /postgres:\/\//, mend: /embedded/ }],
  ])('is refused: %j', async (args, complaint) => {
    await expectRefused(args, complaint);
  });

  it('says 1, and what to do, where evidence cannot be read', async () => {
    const { code, stderr } = await scene.ask(['evidence', 'verify', join(scene.folder, 'nowhere')]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/No evidence could be read from .*nowhere.*\n\s+next: .*jidoka evidence RUN/);
  });
});

describe('a database that cannot be reached', () => {
  it('is a fault of the surroundings with a mend, and takes no minute to be told', async () => {
    const { code, stdout } = await scene.jidoka(['run', 'deps', '--package', 'plain', '--json', '--repo', shop.path], {
      env: { JIDOKA_DATABASE_URL: 'postgres://nobody:secret@127.0.0.1:1/none' },
    });
    const { error } = JSON.parse(stdout);
    expect(code).toBe(1);
    expect(error).toMatchObject({
      code: 'database-unavailable',
      message: expect.stringContaining('127.0.0.1'),
      mend: expect.stringContaining('JIDOKA_DATABASE_URL'),
    });
    expect(stdout).not.toContain('secret');
  });
});

it('leaves nothing behind of all that was refused', async () => {
  const { stdout } = await scene.ask(['runs', '--json']);
  expect(JSON.parse(stdout)).toEqual({ runs: [] });
  const spaces = (await readdir(scene.floor)).filter((name) => !name.startsWith('.'));
  expect(spaces).toEqual([]);
  expect([await fingerprint(shop.path), await refsOf(shop.path)]).toEqual(before);
});

async function expectRefused(args: readonly string[], { code, message, mend }: Complaint): Promise<void> {
  const [asDocument, asText] = [await scene.ask([...args, '--json']), await scene.ask(args)];
  const { error } = JSON.parse(asDocument.stdout);
  expect(error).toEqual({ code, message: expect.stringMatching(message), mend: expect.stringMatching(mend) });
  expect([asDocument.code, asText.code]).toEqual([2, 2]);
  expect(asText.stdout).toBe('');
  expect(asText.stderr).toContain(`✗ ${error.message}\n  next: ${error.mend}\n`);
}

const merging = '{\n<<<<<<< HEAD\n  "name": "x",\n=======\n  "name": "y",\n>>>>>>> other\n  "lockfileVersion": 3\n}\n';

async function folder(name: string, files: Readonly<Record<string, string>>, isRepository = true): Promise<string> {
  const path = join(scene.folder, name);
  await mkdir(path, { recursive: true });
  if (isRepository) await makeRepository(files, { folder: path });
  return path;
}

async function noCommit(): Promise<string> {
  const path = await folder('no-commit', {}, false);
  await git(path, 'init', '--quiet');
  await chmod(path, 0o755);
  return path;
}

async function emptyFolder(): Promise<string> {
  return folder('no-advisories', {}, false);
}
