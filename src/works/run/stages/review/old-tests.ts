import { isJidokaError } from '../../../../core/base/error.ts';
import { fact, type Fact } from '../../../../core/evidence/fact.ts';
import type { Workspace } from '../../../../core/ports/floor.ts';
import { manifestsOf } from '../../../inspection/branch/index.ts';
import { dependencyMoves } from '../../../inspection/facts/index.ts';
import { applySealed, type Withheld } from '../../../inspection/sealed/index.ts';
import { readyTree, type Tree } from '../../../inspection/tree/index.ts';
import { behaviourFacts } from '../inspection/behaviour.ts';
import { installFact } from '../inspection/install-fact.ts';
import { treeFacts } from '../inspection/tree-facts.ts';
import { treeJob } from '../tree-job.ts';
import { withPackages } from '../with-packages.ts';
import type { Examined, Part } from './examine.ts';

/** Lays the unprotected part of the branch over a clean base and runs the tests of the base on it, as for any change. */
export async function oldTests(examined: Examined): Promise<Part<null>> {
  const { stage, job, inspected } = examined;
  const { project, baseline: record, change } = inspected;
  const touched = change.files.map(({ path }) => path);
  return await withPackages(stage, job, { project, record, touched, which: null }, async (ready): Promise<Part<null>> => {
    const { workspace } = ready;
    const { repository } = job.packet.scope;
    const plan = inspected.baselineRuns[0]?.plan ?? null;
    const { withheld } = await applySealed({ forge: job.needs.forge, repository, workspace, change, sealed: [], plan });
    const tree = await readyTree(treeJob(stage, job, ready, project));
    if (tree.kind === 'failed') return { kind: 'failed', work: failed(tree) };
    const facts = [...unverified(withheld), installFact(tree, inspected.baseline), ...(await movedFacts(examined, workspace))];
    if (tree.kind === 'not-installed') return { kind: 'found', facts, found: null };
    return { kind: 'found', facts: [...facts, ...(await behaviourFacts(stage, { inspected, job, workspace, tree }))], found: null };
  });
}

/** A tree that could not be made ready, as what the stage comes to. */
export function failed({
  class: kind,
  command,
  message,
  logs,
}: Extract<Tree, { kind: 'failed' }>): Extract<Part<null>, { kind: 'failed' }>['work'] {
  return { kind: 'failed', class: kind, command, message, events: [], logs };
}

/** Packages may move that manifests ask for otherwise; what else moved is told. */
async function movedFacts({ job, inspected, branch }: Examined, workspace: Workspace): Promise<readonly Fact[]> {
  const moves = dependencyMoves(await manifestsOf(job.needs.forge, branch));
  try {
    return await treeFacts(inspected, job, workspace, [...new Set(moves.map(({ name }) => name))]);
  } catch (error) {
    // Its lockfile is the branch's own doing, and no fault of the factory.
    if (!isJidokaError(error) || error.code !== 'lockfile-invalid') throw error;
    return [fact('lock', 'broken', 'lockfile-invalid', error.message, { moves: [], unexplained: [] })];
  }
}

/** Links and deleted lockfiles are nothing that was laid in; tests, configuration and the rest of a manifest have checks of their own. */
function unverified(withheld: readonly Withheld[]): readonly Fact[] {
  const gone = withheld.filter(({ kind }) => kind === 'lock' || kind === 'link');
  if (gone.length === 0) return [];
  const outside = gone.map(({ path, why }) => `${path} (${why})`);
  return [
    fact('scope', 'broken', 'unverified-part', `Part of the branch was not laid in: ${outside.join(', ')}.`, {
      files: gone.map(({ path }) => path),
      outside,
    }),
  ];
}
