import { JidokaError } from '../../core/base/error.ts';
import { canonicalJson } from '../../core/base/json.ts';
import type { Line } from '../../core/line/line.ts';
import type { DependencySubject, RepositorySnapshot, Seed } from '../../core/packet/seed.ts';
import type { RunReport, RunRequest, RunResult } from '../../core/ports/factory.ts';
import {
  advisorySeed,
  dependencySeed,
  readAdvisories,
  readPolicy,
  seedOfPackage,
  surveyProject,
  sweep,
  type Asked,
  type Project,
  type Sweep,
} from '../intake/index.ts';
import type { RunNeeds } from '../run/index.ts';
import { workGroup } from './work-group.ts';
import type { Crew } from './crew.ts';
import { taskSeed } from './task-seed.ts';
import { workSeed, type SeedOrder } from './work-seed.ts';

/** What a request is worked with. */
export interface RequestMeans {
  readonly line: Line;
  readonly needs: RunNeeds;
  readonly crew: Crew;
  /** Ends the waiting, not the runs. */
  readonly signal?: AbortSignal;
}

/** Turns a request into seeds and brings each to its verdict, one after the other. */
export async function workRequest(request: RunRequest, means: RequestMeans): Promise<RunReport> {
  const { needs, line } = means;
  checkStations(line, needs);
  const repository = await needs.forge.open(request.repository);
  warnOfUncommitted(repository, needs);
  checkSeed(request, line);
  if (request.subject.kind === 'task') return await oneTask(request.subject, repository, { request, means });
  const project = await surveyProject(repository, needs.forge);
  const { node } = await needs.floor.probe();
  const asked: Asked = { line, scope: request.scope, actor: request.actor, node, now: needs.clock.now() };
  const ordered: Ordered = { request, means, project, asked, order: await orderOf(request, means) };
  switch (request.subject.kind) {
    case 'package':
      return await onePackage(request.subject.name, ordered);
    case 'all':
      return { kind: 'many', runs: [...(await everything(ordered))] };
    case 'advisories':
      return await advisories(request.subject.files, ordered);
  }
}

/** A line takes one kind of seed, and what is asked for must make that kind. */
function checkSeed({ subject }: RunRequest, { name, seed }: Line): void {
  const made = subject.kind === 'task' ? 'task' : subject.kind === 'advisories' ? 'advisory' : 'dependency';
  if (made === seed) return;
  throw new JidokaError('usage', `Line "${name}" works on a seed of kind ${seed}, and this request makes one of kind ${made}.`, {
    mend: `Use \`jidoka run ${{ task: 'task', advisory: 'cve', dependency: 'deps' }[seed]}\` with this line.`,
  });
}

/** Told before any work is done: the schema of a line does not know which stations a factory has. */
function checkStations({ name, stages }: Line, { stations }: RunNeeds): void {
  const stage = stages.find(({ does, station }) => does === 'change' && !stations.has(station ?? ''));
  if (stage === undefined) return;
  throw new JidokaError(
    'line-invalid',
    `Stage "${stage.id}" of line "${name}" names the station "${stage.station ?? ''}", which this factory does not have.`,
    {
      mend: `Name one of: ${[...stations.keys()].join(', ')}.`,
    },
  );
}

interface Ordered {
  readonly request: RunRequest;
  readonly means: RequestMeans;
  readonly project: Project;
  readonly asked: Asked;
  readonly order: SeedOrder;
}

async function orderOf(request: RunRequest, { line, needs, signal }: RequestMeans): Promise<SeedOrder> {
  const given = readAdvisories(request.advisories);
  const blob =
    given.length === 0 ? null : await needs.blobs.put(canonicalJson(given), { label: 'advisories', mediaType: 'application/json' });
  return {
    line,
    lineDigest: needs.sha256(canonicalJson(line)),
    delivery: request.dryRun ? 'report' : 'branch',
    advisories: blob?.sha256 ?? null,
    again: request.again,
    priority: request.priority ?? usualPriority,
    ...(signal === undefined ? {} : { signal }),
  };
}

const usualPriority = 100;

async function oneTask(
  subject: Extract<RunRequest['subject'], { kind: 'task' }>,
  repository: RepositorySnapshot,
  { request, means }: Pick<Ordered, 'request' | 'means'>,
): Promise<RunReport> {
  const seed = taskSeed(subject, repository, { line: means.line, scope: request.scope, actor: request.actor });
  return { kind: 'one', result: await workSeed(seed, await orderOf(request, means), means.needs, means.crew) };
}

async function onePackage(name: string, ordered: Ordered): Promise<RunReport> {
  const { request, means, project, asked } = ordered;
  const seed = await seedOfPackage(project, name, readPolicy(request.to), asked, means.needs.registry);
  return { kind: 'one', result: await work(seed, ordered) };
}

async function advisories(files: readonly { readonly path: string; readonly text: string }[], ordered: Ordered): Promise<RunReport> {
  const seeds = readAdvisories(files).map((advisory) => advisorySeed(ordered.project.repository, advisory, ordered.asked));
  const [only] = seeds;
  if (only !== undefined && seeds.length === 1 && files.length === 1) return { kind: 'one', result: await work(only, ordered) };
  return { kind: 'many', runs: await inTurn(seeds, ordered) };
}

/** In-range updates as a group, then each larger step; where nothing is outdated, one run that proves it. */
async function everything(ordered: Ordered): Promise<readonly RunResult[]> {
  const { request, means, project, asked } = ordered;
  const { needs } = means;
  const policy = readPolicy(request.to);
  if (policy.kind === 'version')
    throw new JidokaError('usage', `--to ${policy.version} names one version, and --all is about many packages.`, {
      mend: 'Use --to patch, minor or major with --all, or name one package with --package.',
    });
  const found = await sweep(project, policy, asked, needs.registry);
  for (const { name, why } of found.skipped) needs.progress({ kind: 'warning', message: `${name} is left out: ${why}` });
  needs.progress({
    kind: 'planned',
    runs: (found.group.length > 0 ? 1 : 0) + found.steps.length,
    message: `${found.group.length} in-range updates as a group, ${found.steps.length} larger steps, ${found.current.length} packages current`,
  });
  const seedOf = (subjects: readonly DependencySubject[], within: 'range' | null) =>
    dependencySeed(project.repository, within === null ? policy : { kind: 'newest', within }, subjects, asked, needs.sha256);
  const unanswered = found.unanswered.length === 0 ? [] : [await work(seedOf(found.unanswered, null), ordered)];
  if (found.group.length === 0 && found.steps.length === 0)
    return [...(await proveIdle(found, (subjects) => work(seedOf(subjects, null), ordered))), ...unanswered];
  const byName = new Map(found.group.map((subject) => [subject.name, subject]));
  const groupOf = (names: readonly string[]) =>
    seedOf(
      names.flatMap((name) => byName.get(name) ?? []),
      'range',
    );
  const group =
    found.group.length === 0 ? [] : await workGroup([...byName.keys()], groupOf, (seed, purpose) => work(seed, ordered, purpose));
  return [
    ...group,
    ...(await inTurn(
      found.steps.map((step) => seedOf([step], null)),
      ordered,
    )),
    ...unanswered,
  ];
}

/** Where nothing is outdated a run proves it; where nothing but questions is left, a run asks them. */
async function proveIdle(
  { current, open, unanswered }: Sweep,
  workOn: (subjects: readonly DependencySubject[]) => Promise<RunResult>,
): Promise<readonly RunResult[]> {
  if (current.length > 0) return [await workOn(current)];
  return open.length > 0 && unanswered.length === 0 ? [await workOn(open)] : [];
}

async function inTurn(seeds: readonly Seed[], ordered: Ordered): Promise<RunResult[]> {
  const results: RunResult[] = [];
  for (const seed of seeds) results.push(await work(seed, ordered));
  return results;
}

function work(seed: Seed, { means, order }: Ordered, purpose: 'deliver' | 'probe' = 'deliver'): Promise<RunResult> {
  const delivery = purpose === 'probe' && order.delivery === 'branch' ? 'evidence' : order.delivery;
  return workSeed(seed, { ...order, delivery }, means.needs, means.crew);
}

function warnOfUncommitted({ uncommitted, baseCommit, location }: RepositorySnapshot, needs: RunNeeds): void {
  if (uncommitted === 0) return;
  const files = uncommitted === 1 ? '1 file' : `${uncommitted} files`;
  needs.progress({
    kind: 'warning',
    message: `${location} has ${files} with uncommitted changes; the run works on commit ${baseCommit.slice(0, 12)} and leaves them alone.`,
  });
}
