import { mkdir, mkdtemp } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Actor } from '../../src/core/gate/answer.ts';
import { personOnly } from '../../src/core/gate/person-only.ts';
import type { Entered, FloorDesk, PreparedBase, Whereabouts } from '../../src/core/ports/factory.ts';
import type { FloorProbe, ReapReport, WorkspaceView } from '../../src/core/ports/floor.ts';
import { sha256 } from '../evidence/index.ts';
import { folderWorkspace } from '../floor/folder-workspace.ts';

/** What a script says of the floor. */
export interface ScriptedFloor {
  /** May throw what a floor throws that refuses. */
  readonly probe?: () => FloorProbe;
  /** What stands there already. */
  readonly standing?: readonly WorkspaceView[];
  /** What a repository's base is made of; may throw what a floor throws whose setup fails. */
  readonly prepare?: (repository: string) => Partial<PreparedBase>;
  /** How a workspace is entered; `rebuilt` where nothing is said. */
  readonly how?: Entered['how'];
}

/**
 * A floor for doors: what stands on it is a list that reaping shortens, bases are made once, and whoever enters a run
 * has a real folder in which commands run.
 */
export class MemoryFloorDesk implements FloorDesk {
  /** Stages that were asked for when somebody entered. */
  readonly entered: (string | null)[] = [];
  readonly #script: ScriptedFloor;
  readonly #folder: string;
  readonly #now: () => string;
  readonly #bases = new Map<string, PreparedBase>();
  #standing: readonly WorkspaceView[];

  constructor(script: ScriptedFloor, folder: string, now: () => string) {
    this.#script = script;
    this.#folder = folder;
    this.#now = now;
    this.#standing = script.standing ?? [];
  }

  async probe(): Promise<FloorProbe> {
    return (this.#script.probe ?? (() => sampleProbe))();
  }

  async list(): Promise<readonly WorkspaceView[]> {
    return this.#standing;
  }

  async prepare(repository: string): Promise<PreparedBase> {
    const known = this.#bases.get(repository);
    const base = known ?? { ...newBase(repository), ...this.#script.prepare?.(repository) };
    this.#bases.set(repository, base);
    return { ...base, reused: known !== undefined };
  }

  async reap({ dryRun }: { readonly dryRun: boolean }): Promise<ReapReport> {
    const removed = this.#standing.filter(({ state }) => state === 'stray');
    if (!dryRun) this.#standing = this.#standing.filter((view) => !removed.includes(view));
    return { removed, left: this.#standing.filter(({ state }) => state === 'left') };
  }

  async enter(run: string, { actor, stage }: { readonly actor: Actor; readonly stage: string | null }): Promise<Entered> {
    personOnly(actor, 'enter a workspace');
    this.entered.push(stage);
    const root = await mkdtemp(join(this.#folder, `shell-${run}-`));
    await mkdir(`${root}.scratch`);
    const workspace = { ...folderWorkspace(root), name: basename(root) };
    const view: WorkspaceView = { ref: workspace.ref, state: 'live', owner: 'this process', since: this.#now() };
    this.#standing = [...this.#standing, view];
    const leave = async (): Promise<void> => {
      this.#standing = this.#standing.filter((other) => other !== view);
      await workspace.destroy();
    };
    const how = this.#script.how ?? 'rebuilt';
    return { workspace, how, stage: how === 'live' ? (stage ?? 'change') : null, leave };
  }

  /** Where a stage would run now. */
  async here(): Promise<Whereabouts> {
    const { kind, ...proof } = await this.probe();
    const { host, platform, tier, user, node, npm, wall, limits, image, region } = proof;
    const where = { host, platform, executor: 'executor-1', pid: 1, floor: kind, tier, user, node, npm, wall, limits, image, region };
    return { run: '', stage: 'here', attempt: 1, at: '', where, base: null, workspace: null };
  }
}

function newBase(repository: string): PreparedBase {
  const base = { floor: 'sandbox', key: sha256(repository) };
  return { base, reused: false, repository, commit: 'a'.repeat(40), environment: null, setup: [], refused: [], ms: 12 };
}

/** What a floor with walls says of itself. */
export const sampleProbe: FloorProbe = {
  kind: 'sandbox',
  tier: 'T2',
  host: 'here',
  platform: 'linux x64',
  user: 'nobody (65534)',
  node: 'v20.20.2',
  npm: '11.0.0',
  wall: 'bubblewrap',
  limits: 'cgroup-v2',
  layers: 'overlay',
  image: null,
  region: null,
  claims: [
    { claim: 'fs.read.confined', state: 'proved', proof: 'A file of this host is not there.' },
    { claim: 'limits.memory', state: 'unsupported', proof: 'Nothing of this host counts memory.' },
  ],
  caveats: ['memory is not limited'],
};
