import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { ask, type Asked } from './ask.ts';
import type { Bench } from './bench.ts';
import { runGit } from './job-repositories.ts';

const zero = '0'.repeat(40);

/** A line of git's protocol. */
function line(text: string): string {
  return (Buffer.byteLength(text) + 4).toString(16).padStart(4, '0') + text;
}

/** The list of a push that changes refs, each 'old new ref', without a pack. */
function listOf(...commands: readonly string[]): string {
  const [first = '', ...others] = commands;
  return `${[`${first}\0 report-status delete-refs side-band-64k agent=git/2`, ...others].map(line).join('')}0000`;
}

/** Requests that are none of git's own, or for another repository. */
const uncovered = [
  ['GET', '/git/one/HEAD'],
  ['GET', '/git/one/config'],
  ['GET', '/git/one/objects/info/packs'],
  ['GET', '/git/one/info/refs'],
  ['GET', '/git/one/info/refs?service=git-upload-archive'],
  ['GET', '/git/one/info/refs?service=git-upload-pack&x=1'],
  ['POST', '/git/one/info/lfs/objects/batch'],
  ['POST', '/git/one/git-upload-archive'],
  ['GET', '/git/one/git-upload-pack'],
  ['PUT', '/git/one/git-receive-pack'],
  ['GET', '/git/two/info/refs?service=git-upload-pack'],
  ['POST', '/git/two/git-receive-pack'],
  ['GET', '/git/one%2f..%2ftwo/info/refs?service=git-upload-pack'],
  ['GET', '/git/../git/one/info/refs?service=git-upload-pack'],
  ['GET', '/git/%/info/refs?service=git-upload-pack'],
] as const;

/** What every egress promises of the repository, spoken with word for word; with git itself, see `gitClientContract`. */
export function gitContract(bench: () => Bench): void {
  const at = (path: string, more: Parameters<typeof ask>[2] = {}): Promise<Asked> => ask(bench().socket, `/git/one${path}`, more);
  const push = (body: string | Buffer, headers = {}): Promise<Asked> => at('/git-receive-pack', { method: 'POST', body, headers });
  const fetched = (body: string | Buffer, headers = {}): Promise<Asked> => at('/git-upload-pack', { method: 'POST', body, headers });
  const seconds = { 'git-protocol': 'version=2' };

  test.each(uncovered)('%s %s is refused and told', async (method, path) => {
    const { socket, refusals } = bench();
    const { status, body } = await ask(socket, path, { method, ...(method !== 'GET' && { body: '0000' }) });
    expect([status, String(body)]).toEqual([403, expect.stringContaining("jidoka's egress refused this")]);
    expect(refusals).toHaveLength(1);
  });

  test.each([
    ['git-upload-pack', {}],
    ['git-upload-pack', seconds],
    ['git-receive-pack', {}],
  ])('%s shows the base and the refs of the job, and hides all others (%j)', async (service, headers) => {
    const { world } = bench();
    const { gitDir, commit } = await world.git.make('one');
    for (const ref of [
      'refs/jidoka/one/mine',
      'refs/jidoka/other/theirs',
      'refs/jidoka/one-more/theirs',
      'refs/tags/v1',
      'refs/heads/next',
    ]) {
      await runGit(gitDir, ['update-ref', ref, commit]);
    }
    const { status, headers: told, body } = await at(`/info/refs?service=${service}`, { headers });
    expect([status, told['content-type']]).toEqual([200, `application/x-${service}-advertisement`]);
    const second = String(body).startsWith('000eversion 2');
    expect(second).toBe(headers === seconds);
    const shown = second ? (await fetched(`${line('command=ls-refs')}00010000`, headers)).body : body;
    const refs = String(shown).match(/refs\/[a-z0-9/-]+/g) ?? [];
    expect([...new Set(refs)].toSorted()).toEqual(['refs/heads/main', 'refs/jidoka/one/mine']);
  });

  test.each(['refs/heads/main', 'refs/heads/new', 'refs/tags/v1', 'refs/jidoka/other/x', 'refs/jidoka/onemore', 'refs/jidoka/one', 'HEAD'])(
    'a push to %s is refused in words that git shows, and told',
    async (ref) => {
      const { world, refusals } = bench();
      const { gitDir, commit } = await world.git.make('one');
      const before = await runGit(gitDir, ['for-each-ref']);
      const { status, body } = await push(listOf(`${zero} ${commit} ${ref}`));
      expect([status, String(body)]).toEqual([200, expect.stringContaining(`ng ${ref} only refs below refs/jidoka/one/ may be pushed`)]);
      expect(refusals).toMatchObject([{ request: 'POST /git/one/git-receive-pack', why: expect.stringContaining(ref) }]);
      expect(await runGit(gitDir, ['for-each-ref'])).toEqual(before);
    },
  );

  test.each([
    ['with a step upwards', `${zero} COMMIT refs/jidoka/one/../two/x`],
    ['with a double slash', `${zero} COMMIT refs/jidoka/one//x`],
    ['that ends in a slash', `${zero} COMMIT refs/jidoka/one/`],
    ['that is a lock', `${zero} COMMIT refs/jidoka/one/x.lock`],
    ['that begins with a dash', `${zero} COMMIT refs/jidoka/one/-x`],
    ['that has a star', `${zero} COMMIT refs/jidoka/one/*`],
  ])('a push to a name %s is refused', async (_what, command) => {
    const { world } = bench();
    const { commit, gitDir } = await world.git.make('one');
    const { body } = await push(listOf(command.replace('COMMIT', commit)));
    expect(String(body)).toContain('only refs below refs/jidoka/one/');
    expect((await runGit(gitDir, ['for-each-ref', 'refs/jidoka'])).stdout).toBe('');
  });

  test('of a push that may not change one ref, none is changed', async () => {
    const { world } = bench();
    const { gitDir, commit } = await world.git.make('one');
    const { body } = await push(listOf(`${zero} ${commit} refs/jidoka/one/mine`, `${commit} ${zero} refs/heads/main`));
    expect(String(body)).toContain('ng refs/jidoka/one/mine');
    expect((await runGit(gitDir, ['for-each-ref', '--format=%(refname)'])).stdout).toBe('refs/heads/main');
  });

  test('an own ref may be deleted', async () => {
    const { world, refusals } = bench();
    const { gitDir, commit } = await world.git.make('one');
    await runGit(gitDir, ['update-ref', 'refs/jidoka/one/old', commit]);
    const { body } = await push(listOf(`${commit} ${zero} refs/jidoka/one/old`));
    expect(String(body)).toContain('ok refs/jidoka/one/old');
    expect((await runGit(gitDir, ['for-each-ref', '--format=%(refname)'])).stdout).toBe('refs/heads/main');
    expect(refusals).toEqual([]);
  });

  test.each([
    ['a mark in place of its end', '0001'],
    ['an empty line', `0004${listOf(`${zero} ${zero} refs/jidoka/one/x`)}`],
    ['a signed list', `${line('push-cert\0report-status\n')}0000`],
    ['no end', line(`${zero} ${zero} refs/jidoka/one/x`)],
    ['no length', 'zzzz'],
    ['a second list after a mark', `0002${listOf(`${zero} ${zero} refs/heads/main`)}`],
    ['upper case', listOf(`${zero} ${'A'.repeat(40)} refs/jidoka/one/x`)],
    ['a name in two parts', listOf(`${zero} ${zero} refs/jidoka/one/x refs/heads/main`)],
    ['a hundred and one commands', listOf(...Array.from({ length: 101 }, (_none, nth) => `${zero} ${zero} refs/jidoka/one/${nth}`))],
  ])('a push whose list has %s is refused', async (_what, body) => {
    const { refusals } = bench();
    const { status } = await push(body);
    expect([status, refusals.length]).toEqual([403, 1]);
  });

  test.each([
    ['as it is', (body: string) => body, {}],
    ['compressed', (body: string) => gzipSync(body), { 'content-encoding': 'gzip' }],
  ])('a fetch %s gives what a shown ref points to, and no object else', async (_how, encode, headers) => {
    const { world, refusals } = bench();
    const { gitDir, commit } = await world.git.make('one');
    const want = (oid: string): Promise<Asked> =>
      fetched(encode(`${line('command=fetch')}0001${line(`want ${oid}\n`)}${line('done\n')}0000`), { ...seconds, ...headers });
    expect(String((await want(commit)).body)).toContain('PACK');
    const { stdout: tree } = await runGit(gitDir, ['rev-parse', 'main^{tree}']);
    const { status, body } = await want(tree);
    expect([status, String(body)]).toEqual([403, expect.stringContaining('only what the refs of the repository point to now')]);
    expect(refusals).toHaveLength(1);
  });

  test.each(['object-info', 'bundle-uri', 'anything'])('the command %s of the second version is refused', async (command) => {
    const { status } = await fetched(`${line(`command=${command}`)}0001${line('size')}0000`, seconds);
    expect(status).toBe(403);
  });

  test('a body that grows without bounds is refused', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, line('have 0')));
    expect(bomb.length).toBeLessThan(200_000);
    expect((await fetched(bomb, { 'content-encoding': 'gzip' })).status).toBe(403);
    expect((await fetched('no gzip at all', { 'content-encoding': 'gzip' })).status).toBe(403);
    expect((await fetched('0000', { 'content-encoding': 'br' })).status).toBe(403);
  });

  test('a job without a repository is told so', async () => {
    const { egress, folder } = bench();
    const socket = `${folder}/none`;
    const gate = await egress.serve({ socket, user: null, job: 'none', routes: ['git'], refused: () => undefined });
    const { status, body } = await ask(socket, '/git/none/info/refs?service=git-upload-pack');
    await gate.close();
    expect([status, String(body)]).toEqual([403, expect.stringContaining('this job has no repository')]);
  });

  test('a repository that holds more than its job may see is not served', async () => {
    const { world, refusals } = bench();
    const refused = async (): Promise<string> => String((await at('/info/refs?service=git-receive-pack')).body);
    const { gitDir } = await world.git.make('one');
    await runGit(gitDir, ['fetch', '--quiet', '--depth=1', `file://${world.git.source}`, 'main~1:refs/jidoka/other/x']);
    await runGit(world.git.source, ['branch', '--force', 'older', 'main~1']);
    await runGit(gitDir, ['fetch', '--quiet', '--depth=1', `file://${world.git.source}`, 'older:refs/jidoka/other/x']);
    expect(await refused()).toContain('it holds commits that are neither its base nor of the job');
    const whole = await world.git.make('one');
    await runGit(whole.gitDir, ['fetch', '--quiet', '--unshallow', `file://${world.git.source}`, 'main']);
    expect(await refused()).toContain('its base has a history');
    world.git.put('one', { gitDir: `${world.git.source}/.git`, base: 'refs/heads/main', prefix: 'refs/heads/' });
    expect(await refused()).toContain('it is not named as one of a job is');
    expect(refusals).toHaveLength(3);
  });
}
