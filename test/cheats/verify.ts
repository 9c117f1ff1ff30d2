import { createHash, randomBytes } from 'node:crypto';
import type { Specimen } from '../../kit/repository/index.ts';
import { isJidokaError } from '../../src/core/base/error.ts';
import type { Claim, Fact } from '../../src/core/evidence/fact.ts';
import type { RepositorySnapshot } from '../../src/core/packet/seed.ts';
import type { Workspace } from '../../src/core/ports/floor.ts';
import type { Change } from '../../src/core/ports/forge.ts';
import { canaryFor, compareRuns, detectRunner, runTests, weakBaseline } from '../../src/works/inspection/runner/index.ts';
import type { TestPlan, TestRun } from '../../src/works/inspection/runner/index.ts';
import { readPatch, scopeFact } from '../../src/works/inspection/scope/index.ts';
import { applySealed } from '../../src/works/inspection/sealed/index.ts';
import { secretsFact } from '../../src/works/inspection/secrets/index.ts';
import { scanTamper, tamperFact } from '../../src/works/inspection/tamper/index.ts';
import { lendRunner, withCheckout } from './bench.ts';
import type { Bench } from './bench.ts';

/** What a change is held against: the base with the sealed tests in it, run once. */
export interface Baseline {
  readonly specimen: Specimen;
  readonly repository: RepositorySnapshot;
  readonly plan: TestPlan;
  readonly run: TestRun;
  /** Runs of trees by their content: equal trees give equal results, so each is run once. */
  readonly runs: Map<string, Promise<TestRun>>;
}

/** Runs the suite on the base with the sealed tests laid over it. */
export async function takeBaseline(bench: Bench, specimen: Specimen): Promise<Baseline> {
  const repository = await bench.freeze(specimen);
  return withCheckout(bench, { name: `${specimen.runner}/baseline`, repository }, async (workspace) => {
    for (const { path, content } of specimen.sealed) await workspace.files.write(path, content);
    await lendRunner(workspace, specimen);
    const found = await detectRunner(workspace, '', JSON.parse(specimen.files['package.json'] ?? '{}'));
    if (found.kind === 'none') throw new Error(found.message);
    const run = await runTests(workspace, found.plan, { timeoutMs: 120_000, canary: canary(found.plan) });
    mustBeSound(specimen, run);
    return { specimen, repository, plan: found.plan, run, runs: new Map() };
  });
}

/** A suite that did not run would refuse everything, and prove nothing. */
function mustBeSound({ runner, expected }: Specimen, run: TestRun): void {
  const weak = weakBaseline([run]);
  const fails = expected.every((id) => run.results.get(id)?.status === 'fail');
  if (weak === null && fails && run.ended === 'complete' && run.canary?.reported === 'fail') return;
  throw new Error(
    `The baseline under ${runner} is not sound: ${JSON.stringify({ weak, ended: run.ended, canary: run.canary, results: [...run.results], problem: run.problem })} ${run.process.stderr}`,
  );
}

/** Checks that a change and the claim with it were put to; those that speak against it. */
export type Check = 'no-change' | 'no-op-unproven' | 'scope' | 'secrets' | 'tamper' | 'tests' | 'sealed-tests' | 'canary';

export interface Judged {
  readonly refusedBy: readonly Check[];
  /** First sentence of each check against the change. */
  readonly because: readonly string[];
}

/** Puts a change through everything inspection has. Nothing of the claim is believed. */
export async function verify(
  bench: Bench,
  baseline: Baseline,
  submitted: { readonly change: Change; readonly claim: Claim; readonly tree: Workspace; readonly name: string },
): Promise<Judged> {
  const { change, claim } = submitted;
  if (claim.says === 'no-op') return { refusedBy: ['no-op-unproven'], because: ['No rule of the packet proves that nothing is owed.'] };
  if (change.files.length === 0) return { refusedBy: ['no-change'], because: ['The tree is as it was.'] };
  const read = [scopeFact(change, scopeOf(baseline)), secretsFact(change.patch), await tamper(bench, baseline, submitted)];
  const against = read.filter((fact) => fact.outcome !== 'holds').map((fact) => ({ check: fact.check as Check, why: fact.summary }));
  const ran = await runSealed(bench, baseline, submitted);
  const all = [...against, ...objections(baseline, ran)];
  return { refusedBy: [...new Set(all.map(({ check }) => check))], because: all.map(({ check, why }) => `${check}: ${why}`) };
}

function scopeOf({ specimen: { scope } }: Baseline): { paths: string[]; protectedPaths: string[] } {
  return { paths: [...scope.paths], protectedPaths: [...scope.protectedPaths] };
}

async function tamper(
  bench: Bench,
  { repository }: Baseline,
  { change, tree }: { readonly change: Change; readonly tree: Workspace },
): Promise<Fact> {
  const files = readPatch(change.patch);
  const before = await texts(
    files.map((file) => file.from ?? file.path),
    (path) => bench.forge.read(repository, path),
  );
  const after = await texts(
    files.filter((file) => file.status !== 'deleted').map((file) => file.path),
    (path) => readSafely(tree, path),
  );
  return tamperFact(scanTamper({ before, after, files }));
}

async function texts(paths: readonly string[], read: (path: string) => Promise<string | null>): Promise<ReadonlyMap<string, string>> {
  const found = await Promise.all(paths.map(async (path) => [path, await read(path)] as const));
  return new Map(found.flatMap(([path, text]) => (text === null ? [] : [[path, text] as const])));
}

/** What leads out of the tree is not read. */
async function readSafely(tree: Workspace, path: string): Promise<string | null> {
  try {
    return await tree.files.read(path);
  } catch (error) {
    if (isJidokaError(error)) return null;
    throw error;
  }
}

function runSealed(
  bench: Bench,
  baseline: Baseline,
  { change, name }: { readonly change: Change; readonly name: string },
): Promise<TestRun> {
  const { repository, specimen, plan } = baseline;
  return withCheckout(bench, { name: `${specimen.runner}/${name}/sealed`, repository }, async (workspace) => {
    await applySealed({ forge: bench.forge, repository, workspace, change, sealed: specimen.sealed, plan });
    const { patch } = await bench.forge.harvest(repository, workspace);
    const tree = createHash('sha256').update(patch).digest('hex');
    const known = baseline.runs.get(tree);
    if (known !== undefined) return known;
    await lendRunner(workspace, specimen);
    const run = runTests(workspace, plan, { timeoutMs: limitOf(baseline), canary: canary(plan) });
    baseline.runs.set(tree, run);
    return run;
  });
}

/** Long enough for any honest run of the suite, so that a hang does not hold the matrix up for long. */
export function limitOf({ run }: Baseline): number {
  return Math.max(8_000, 5 * run.process.durationMs);
}

function canary(plan: TestPlan): ReturnType<typeof canaryFor> {
  return canaryFor(plan, { files: ['src/slug.js'], packages: [], token: `canary-${randomBytes(4).toString('hex')}` });
}

function objections({ run, specimen }: Baseline, after: TestRun): readonly { readonly check: Check; readonly why: string }[] {
  const { regressed } = compareRuns([run], after);
  const missed = specimen.expected.filter((id) => after.results.get(id)?.status !== 'pass');
  const [first] = regressed;
  return [
    ...(first === undefined
      ? []
      : [{ check: 'tests' as const, why: `${regressed.length} ids regressed, first ${first.id} (${first.after})` }]),
    ...(missed.length === 0
      ? []
      : [{ check: 'sealed-tests' as const, why: missed.map((id) => `${id}: ${after.results.get(id)?.status ?? 'missing'}`).join(', ') }]),
    ...(after.canary?.reported === 'fail'
      ? []
      : [{ check: 'canary' as const, why: `the canary was reported as ${after.canary?.reported ?? 'missing'}` }]),
  ];
}
