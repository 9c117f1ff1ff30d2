import { realpath, stat } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import { JidokaError } from '../../core/base/error.ts';
import type { RepositorySnapshot } from '../../core/packet/seed.ts';
import { gitFailed, lastWords } from './git/git.ts';
import { parseLocation, repositoryId, repositoryName } from './location.ts';
import type { Location } from './location.ts';
import { asking, ensureBase } from './mirror.ts';
import type { Ground } from './mirror.ts';
import { countUncommitted } from './uncommitted.ts';

/** Freezes a path or URL at its current commit and mirrors that commit. */
export async function openRepository(ground: Ground, text: string): Promise<RepositorySnapshot> {
  const location = parseLocation(text);
  const snapshot = location.kind === 'local' ? await lookAtFolder(ground, location.path) : await lookAtRemote(ground, location);
  await ensureBase(ground, snapshot);
  return snapshot;
}

async function lookAtFolder(ground: Ground, path: string): Promise<RepositorySnapshot> {
  const folder = await realpath(path).catch(() => null);
  if (folder === null || !(await stat(folder)).isDirectory())
    throw invalid(`There is no folder ${path}.`, 'Name the folder of a git repository, or its URL.');
  const place = await findRepository(ground, folder);
  const ask = async (...args: readonly string[]): Promise<string | null> => {
    const answer = await ground.git.run(args, { cwd: folder });
    return answer.code === 0 ? answer.stdout.toString('utf8').trim() : null;
  };
  const [baseCommit, branch, uncommitted] = await Promise.all([
    ask('rev-parse', '--quiet', '--verify', 'HEAD^{commit}'),
    ask('symbolic-ref', '--quiet', '--short', 'HEAD'),
    place.tree ? countUncommitted(ground.git, place.location) : 0,
  ]);
  if (baseCommit === null)
    throw invalid(`The repository ${place.location} has no commit.`, 'Commit something first: `git add -A && git commit -m first`.');
  const directory = relative(place.location, folder).split(sep).join('/');
  const name = repositoryName(place.location);
  return {
    id: repositoryId(place.common),
    name,
    location: place.location,
    kind: 'local',
    directory: place.tree ? directory : '',
    baseCommit,
    branch,
    uncommitted,
  };
}

interface Place {
  /** Root of the work tree, or the git folder of a bare repository. */
  readonly location: string;
  /** The git folder that all work trees of the repository share. */
  readonly common: string;
  readonly tree: boolean;
}

async function findRepository(ground: Ground, folder: string): Promise<Place> {
  const found = await ground.git.run(['rev-parse', '--git-common-dir', '--is-inside-work-tree', '--absolute-git-dir'], { cwd: folder });
  if (found.code !== 0) {
    throw invalid(
      `${folder} is not in a git repository: ${lastWords(found.stderr)}`,
      'Run it in a git repository, or name one with --repo.',
    );
  }
  const [common = '', tree, gitDir = ''] = found.stdout.toString('utf8').split('\n');
  const shared = await realpath(common.startsWith('/') ? common : `${folder}/${common}`);
  if (tree !== 'true') return { location: await realpath(gitDir), common: shared, tree: false };
  const top = (await ground.git.must(['rev-parse', '--show-toplevel'], { cwd: folder })).toString('utf8').replace(/\n$/, '');
  const location = await realpath(top);
  // core.worktree can name any folder; work is only taken from where it was asked for.
  if (folder !== location && !folder.startsWith(`${location}/`))
    throw invalid(`The work tree of ${folder} is elsewhere: ${location}.`, `Name ${location} instead.`);
  return { location, common: shared, tree: true };
}

async function lookAtRemote(ground: Ground, location: Extract<Location, { kind: 'remote' }>): Promise<RepositorySnapshot> {
  const id = repositoryId(location.url);
  if (location.credentials !== null) ground.credentials.set(id, location.credentials);
  const args = ['ls-remote', '--symref', location.url, 'HEAD'];
  const answer = await ground.git.run(args, { env: await asking(ground, id), timeoutMs: 60_000 });
  if (answer.code !== 0) throw unreadable(location.url, answer);
  const text = answer.stdout.toString('utf8');
  const baseCommit = /^([0-9a-f]{40,64})\tHEAD$/m.exec(text)?.[1];
  if (baseCommit === undefined) throw invalid(`The repository ${location.url} has no commit.`, 'Push a branch to it first.');
  const branch = /^ref: refs\/heads\/(\S+)\tHEAD$/m.exec(text)?.[1] ?? null;
  return {
    id,
    name: repositoryName(location.url),
    location: location.url,
    kind: 'remote',
    directory: '',
    baseCommit,
    branch,
    uncommitted: 0,
  };
}

function unreadable(url: string, answer: { readonly code: number | null; readonly stdout: Buffer; readonly stderr: string }): JidokaError {
  const absent = /not found|does not exist|does not appear to be a git repository|no such/i.test(answer.stderr);
  if (absent)
    return invalid(`There is no repository at ${url}: ${lastWords(answer.stderr)}`, 'Look at the URL, and whether you may read it.');
  return gitFailed(['ls-remote'], answer, `See that ${url} can be reached and that you may read it: git ls-remote ${url}`);
}

function invalid(message: string, mend: string): JidokaError {
  return new JidokaError('repository-invalid', message, { mend });
}
