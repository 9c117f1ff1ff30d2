import type { Digest, Sha256 } from '../../core/base/ids.ts';
import { canonicalJson } from '../../core/base/json.ts';
import type { EnvironmentSpec } from '../../core/environment/environment-spec.ts';
import type { RepositorySnapshot } from '../../core/packet/seed.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { PreparedBase } from '../../core/ports/factory.ts';
import type { BaseRef, Command, Floor, FloorProbe } from '../../core/ports/floor.ts';
import type { Forge } from '../../core/ports/forge.ts';
import { readEnvironment } from '../environment/index.ts';
import { listedOnce } from './listed-once.ts';
import { notFetched } from './not-fetched.ts';

/** What the bases of repositories are made with. */
export interface BaseNeeds {
  readonly floor: Floor;
  readonly forge: Pick<Forge, 'source' | 'read' | 'list'>;
  readonly clock: Clock;
  readonly sha256: Sha256;
}

export interface BaseOptions {
  readonly signal?: AbortSignal;
}

/** Limit for one setup command: a quarter of an hour. */
const setupMs = 900_000;

/** The base commit as it was committed, and nothing else: every run on it shares one. */
export async function checkoutBase(repository: RepositorySnapshot, needs: BaseNeeds, options: BaseOptions = {}): Promise<BaseRef> {
  return await prepare({ what: 'checkout', repository }, [], { needs, options });
}

/** The base commit with what its environment asks for set up: with registries and no secrets, before any station is there. Throws `setup-failed`. */
export async function setUpBase(
  repository: RepositorySnapshot,
  environment: EnvironmentSpec,
  needs: BaseNeeds,
  options: BaseOptions = {},
): Promise<BaseRef> {
  const setup = setupOf(environment);
  if (setup.length === 0) return await checkoutBase(repository, needs, options);
  const on = { environment: environment.digest, ...toolsOf(await needs.floor.probe()) };
  return await prepare({ what: 'environment', repository, on }, setup, { needs, options });
}

/** One command that installs the packages of a base commit. */
export interface InstallOrder {
  readonly command: Command;
  /** What the outcome depends on beside the commit and the tools; null where the commit says it all. */
  readonly seen: string | null;
}

/** The base commit with its packages installed, for every stage whose packages are the same; install scripts have not run. Throws `setup-failed`. */
export async function installedBase(
  repository: RepositorySnapshot,
  { command, seen }: InstallOrder,
  needs: BaseNeeds,
  options: BaseOptions = {},
): Promise<BaseRef> {
  const on = { command: command.argv.join(' '), folder: command.cwd, seen, ...toolsOf(await needs.floor.probe()) };
  return await prepare({ what: 'installed', repository, on }, [command], { needs, options });
}

interface Preparing {
  readonly needs: BaseNeeds;
  readonly options: BaseOptions;
}

async function prepare(kept: Kept, setup: readonly Command[], { needs, options }: Preparing): Promise<BaseRef> {
  const { floor, forge } = needs;
  return await floor.prepare({ key: keyOf(kept, needs), source: forge.source(kept.repository), setup, ...options });
}

/** The base of a repository as stages of stations begin with it, and what it came from, for people. */
export async function preparedBase(repository: RepositorySnapshot, needs: BaseNeeds): Promise<PreparedBase> {
  const begunMs = needs.clock.monotonicMs();
  const files = listedOnce(repository, needs.forge);
  const environment = await readEnvironment(repository, files, needs.sha256);
  const before = await needs.floor.list();
  const base = await setUpBase(repository, environment, needs);
  return {
    base,
    reused: before.some(({ ref, state }) => state === 'base' && ref.name === base.key),
    repository: repository.location,
    commit: repository.baseCommit,
    environment: environment.source,
    setup: environment.setup.map(({ words }) => words.join(' ')),
    refused: [...environment.refused.map(({ what, why }) => `${what}: ${why}`), ...(await notFetched(repository, files))],
    ms: Math.round(needs.clock.monotonicMs() - begunMs),
  };
}

function setupOf({ setup, env }: EnvironmentSpec): readonly Command[] {
  return setup.map(({ words, cwd, network }) => ({ argv: words, cwd, env, network, timeoutMs: setupMs }));
}

interface Kept {
  readonly what: 'checkout' | 'environment' | 'installed';
  readonly repository: RepositorySnapshot;
  readonly on?: Readonly<Record<string, string | null>>;
}

/** Everything that a base depends on; equal keys may share one. */
function keyOf({ repository, what, on = {} }: Kept, { sha256 }: BaseNeeds): Digest {
  const { id, baseCommit, branch } = repository;
  return sha256(canonicalJson({ what, ...on, repository: id, commit: baseCommit, branch }));
}

function toolsOf({ platform, node, npm, image, user }: FloorProbe): Record<string, string | null> {
  return { platform, node, npm, image, user };
}
