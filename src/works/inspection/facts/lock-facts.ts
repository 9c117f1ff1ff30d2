import { satisfies } from 'semver';
import { fact, type FactOf, type LockMove } from '../../../core/evidence/fact.ts';
import { diffLocks, explainMoves, type Lock } from '../../npm/index.ts';
import type { NewRelease } from './release-facts.ts';
import { count, listed } from './words.ts';

/** Two trees of one project and what the job may move between them. */
export interface TreePair {
  readonly before: Lock;
  readonly after: Lock;
  readonly packages: readonly string[];
  /** Folders of copies the job repairs. */
  readonly repairs: readonly string[];
  /** False where there is no lockfile and the trees are what npm resolved at each install. */
  readonly locked: boolean;
}

/** Says which packages moved, and that each move follows from the job. */
export function lockFact(pair: TreePair): FactOf<'lock'> {
  const moves = diffLocks(pair.before, pair.after);
  if (!pair.locked)
    return fact('lock', 'holds', 'no-lockfile', `Without a lockfile; ${count(moves, 'package')} resolved otherwise than before.`, {
      moves,
      unexplained: [],
    });
  const { unexplained } = explainMoves(moves, pair);
  const data = { moves, unexplained };
  if (moves.length === 0 && pair.packages.length === 0)
    return fact('lock', 'holds', 'lock-as-it-was', 'No package moved in the lockfile, and the job is about none.', data);
  if (moves.length === 0) return fact('lock', 'broken', 'lock-unmoved', 'The change moves no package in the lockfile.', data);
  if (unexplained.length === 0)
    return fact(
      'lock',
      'holds',
      'lock-explained',
      `${count(moves, 'package')} moved in the lockfile, each explained by the job: ${listed(moves.map(moveText))}.`,
      data,
    );
  return fact(
    'lock',
    'broken',
    'lock-unexplained',
    `${unexplained.length} of ${moves.length} moves in the lockfile do not follow from the job: ${listed(unexplained.map(moveText))}.`,
    data,
  );
}

/** Says that no package gained code that runs at install time; the registry is believed where old lockfiles do not say. */
export function installScriptsFact(
  { before, after }: Pick<TreePair, 'before' | 'after'>,
  releases: readonly NewRelease[],
): FactOf<'install-scripts'> {
  const known = new Set([
    ...before.copies.filter((copy) => copy.hasInstallScript).map((copy) => copy.name),
    ...releases.filter((each) => each.hadInstallScript).map((each) => each.name),
  ]);
  const locked = after.copies
    .filter((copy) => copy.hasInstallScript)
    .map((copy) => ({ name: copy.name, id: `${copy.name}@${copy.version}` }));
  const told = releases.filter((each) => each.release?.hasInstallScript === true);
  const added = [...new Set([...locked, ...told].filter(({ name }) => !known.has(name)).map(({ id }) => id))];
  if (added.length === 0)
    return fact('install-scripts', 'holds', 'no-new-install-scripts', 'No package with an install script was added.', { added });
  return fact(
    'install-scripts',
    'broken',
    'install-script-added',
    `The change adds packages that run code at install time: ${listed(added)}.`,
    { added },
  );
}

/** Says that what moved accepts the Node version of the floor. */
export function enginesFact({ before, after }: Pick<TreePair, 'before' | 'after'>, node: string): FactOf<'engines'> {
  const had = new Set(before.copies.map((copy) => `${copy.name}@${copy.version}`));
  const moved = after.copies.filter((copy) => !had.has(`${copy.name}@${copy.version}`));
  const refused = moved
    .filter((copy) => copy.node !== null && !satisfies(node, copy.node, { includePrerelease: true }))
    .map((copy) => `${copy.name}@${copy.version} wants node ${copy.node}`);
  if (refused.length === 0)
    return fact('engines', 'holds', 'engines-accept', `Every moved package accepts Node ${node}.`, { node, refused });
  return fact('engines', 'broken', 'engine-refused', `Node ${node} is refused by ${listed(refused)}.`, { node, refused });
}

export function moveText({ name, before, after, path }: LockMove): string {
  const nested = path.lastIndexOf('node_modules/') > 0 ? ` (${path})` : '';
  return `${name} ${before ?? 'new'} -> ${after ?? 'gone'}${nested}`;
}
