import { satisfies, valid } from 'semver';
import type { LockMove } from '../../../core/evidence/fact.ts';
import { parseSpec } from '../manifest/spec.ts';
import { keyOf, type Edge, type Lock, type LockNode } from './lock.ts';
import { requestersOf, resolve, type Requester } from './resolve.ts';
import { originOf } from './source.ts';

export interface MoveJob {
  readonly before: Lock;
  readonly after: Lock;
  /** Packages the job is about, by real name or by the name they are required by. */
  readonly packages: readonly string[];
  /** Folders of copies that the job repairs: whoever asks for them, directly or through others, may move too. */
  readonly repairs?: readonly string[];
}

export interface Explained {
  readonly explained: readonly LockMove[];
  readonly unexplained: readonly LockMove[];
}

/**
 * Tells which moves follow from the job: its packages, what they newly need or no longer need, what had to make room,
 * and dependencies that the lockfile lacked before. Never explained: other content under an unchanged version, another
 * package in the same place, and a registry, repository or folder that the lockfile did not know before.
 *
 * @example
 * explainMoves(diffLocks(before, after), { before, after, packages: ['ms'] }).unexplained;
 */
export function explainMoves(moves: readonly LockMove[], job: MoveJob): Explained {
  const known = new Set(job.before.copies.filter(({ bundled }) => !bundled).map(originOf));
  const movable = new Set(
    moves.map(({ path }) => path).filter((path) => !isOtherThing(path, job) && comesFrom(known, job.after.nodes.get(path))),
  );
  const reach = new Reach(job, movable);
  for (const { path, name } of moves) {
    if (job.packages.includes(name) || job.packages.includes(keyOf(path))) reach.explain(path);
  }
  for (const path of [...ancestorsOf(job), ...mendedBy(job)]) reach.explain(path);
  reach.settle();
  const isExplained = ({ path }: LockMove): boolean => reach.explained.has(path);
  return { explained: moves.filter(isExplained), unexplained: moves.filter((move) => !isExplained(move)) };
}

/** The same version with other content, or another package in the same place: no update does that. */
function isOtherThing(path: string, { before, after }: MoveJob): boolean {
  const [left, right] = [before.nodes.get(path), after.nodes.get(path)];
  return left?.kind === 'copy' && right?.kind === 'copy' && (left.version === right.version || left.name !== right.name);
}

/** Whether a copy comes from where the project's packages came from before. */
function comesFrom(known: ReadonlySet<string>, node: LockNode | undefined): boolean {
  return node?.kind !== 'copy' || node.bundled || known.size === 0 || known.has(originOf(node));
}

/** Spreads explanations from moved folder to moved folder. */
class Reach {
  readonly explained = new Set<string>();
  readonly #job: MoveJob;
  readonly #movable: ReadonlySet<string>;
  readonly #before: ReadonlyMap<string, readonly Requester[]>;
  readonly #after: ReadonlyMap<string, readonly Requester[]>;

  constructor(job: MoveJob, movable: ReadonlySet<string>) {
    this.#job = job;
    this.#movable = movable;
    this.#before = requestersOf(job.before);
    this.#after = requestersOf(job.after);
  }

  /** Explains a folder that moved, and all that moved because of it. */
  explain(path: string): void {
    const waiting = [path];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (!this.#movable.has(next) || this.explained.has(next)) continue;
      this.explained.add(next);
      waiting.push(...this.#needsOf(next), ...this.#madeRoomFor(next), ...this.#bundledIn(next));
    }
  }

  /** Explains removals of what nobody needs any more, until none is left. */
  settle(): void {
    const gone = [...this.#movable].filter((path) => !this.#job.after.nodes.has(path));
    for (let size = -1; size !== this.explained.size;) {
      size = this.explained.size;
      for (const path of gone) if (this.#isUnneeded(path)) this.explain(path);
    }
  }

  /** What a moved copy asked for before or asks for now. */
  #needsOf(path: string): string[] {
    const { before, after } = this.#job;
    return [before, after].flatMap((lock) => {
      const edges = lock.nodes.get(path)?.edges ?? [];
      return edges.flatMap(({ name }) => pathOf(resolve(lock, path, name)));
    });
  }

  /** Others who shared the folder and now find theirs elsewhere, or the other way round. */
  #madeRoomFor(path: string): string[] {
    const { before, after } = this.#job;
    const others = (requesters: readonly Requester[] | undefined, lock: Lock): string[] =>
      (requesters ?? []).flatMap(({ from, edge }) => (lock.nodes.has(from.path) ? pathOf(resolve(lock, from.path, edge.name)) : []));
    return [...others(this.#before.get(path), after), ...others(this.#after.get(path), before)];
  }

  #bundledIn(path: string): string[] {
    const isBundled = (node: LockNode | undefined): boolean => node?.kind === 'copy' && node.bundled;
    const { before, after } = this.#job;
    return [...this.#movable].filter((inner) => {
      return inner.startsWith(`${path}/node_modules/`) && (isBundled(after.nodes.get(inner)) || isBundled(before.nodes.get(inner)));
    });
  }

  #isUnneeded(path: string): boolean {
    return (this.#before.get(path) ?? []).every(({ from }) => this.explained.has(from.path));
  }
}

/** Everyone who asks for a copy under repair, up to but without the project. */
function ancestorsOf({ before, repairs = [] }: MoveJob): ReadonlySet<string> {
  if (repairs.length === 0) return new Set();
  const requesters = requestersOf(before);
  const found = new Set<string>();
  const waiting = [...repairs];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (found.has(path)) continue;
    found.add(path);
    waiting.push(...(requesters.get(path) ?? []).filter(({ from }) => from.kind === 'copy').map(({ from }) => from.path));
  }
  return found;
}

/** Folders that now answer an edge which the lockfile answered wrongly or not at all before. */
function mendedBy({ before, after }: MoveJob): readonly string[] {
  return [...before.nodes.values()].flatMap(({ path, edges }) => {
    const broken = edges.filter((edge) => !isAnswered(edge, resolve(before, path, edge.name)));
    return broken.flatMap(({ name }) => pathOf(resolve(after, path, name)));
  });
}

function pathOf(node: LockNode | null): readonly string[] {
  return node ? [node.path] : [];
}

/** Whether a node answers an edge; a kind of dependency that no range describes is taken as answered. */
export function isAnswered({ name, spec, kind }: Edge, node: LockNode | null): boolean {
  if (node === null) return kind === 'optional' || kind === 'peer-optional';
  const { range } = parseSpec(name, spec);
  if (node.kind !== 'copy' || range === null || valid(node.version) === null) return true;
  return satisfies(node.version, range, { loose: true });
}
