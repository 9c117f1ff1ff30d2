import { JidokaError } from '../../core/base/error.ts';
import { canonicalJson } from '../../core/base/json.ts';
import { checkPlan } from '../../core/gateway/routing/check-plan.ts';
import type { Line } from '../../core/line/line.ts';
import type { DependencySeed, DependencySubject, RepositorySnapshot, Seed } from '../../core/packet/seed.ts';
import type { RunReport, RunRequest, RunResult } from '../../core/ports/factory.ts';
import {
  advisorySeed,
  dependencySeed,
  readAdvisories,
  readPolicy,
  seedOfPackage,
  surveyProject,
  sweep,
  type Asked as Question,
  type Project,
  type Sweep,
} from '../intake/index.ts';
import type { RunNeeds } from '../run/index.ts';
import type { Crew } from './crew.ts';
import { branchSeed } from './branch-seed.ts';
import { checkStations } from './check-stations.ts';
import { flakeSeed } from './flake-seed.ts';
import { taskSeed } from './task-seed.ts';
import { ticketSeed } from './ticket-seed.ts';
import { groupParts, workGroup, type Part, type SeedOf } from './work-group.ts';
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
  const { needs, crew } = means;
  const { asked, order } = await planRequest(request, means);
  const work = (seed: Seed, delivery = order.delivery): Promise<RunResult> => workSeed(seed, { ...order, delivery }, needs, crew);
  if (asked.kind === 'one') return { kind: 'one', result: await work(asked.seed) };
  const results: RunResult[] = [];
  if (asked.kind === 'group') {
    const part = ({ seed, purpose }: Part): Promise<RunResult> => work(seed, deliveryOf(purpose, order));
    results.push(...(await workGroup(partsOf(asked.group, needs), part)));
  }
  for (const seed of asked.seeds) results.push(await work(seed));
  return { kind: 'many', runs: results };
}

/** What a request asks for, as seeds, and how each is to be worked. */
export interface Planned {
  readonly asked: Asked;
  readonly order: SeedOrder;
}

export type Asked =
  | { readonly kind: 'one'; readonly seed: Seed }
  | { readonly kind: 'many'; readonly seeds: readonly Seed[] }
  /** What becomes of a group decides which runs follow it; the seeds after it are known already. */
  | { readonly kind: 'group'; readonly group: Group; readonly seeds: readonly Seed[] };

/** In-range updates that are worked as one, as they were found: all that their seeds are made of. */
export interface Group {
  readonly repository: RepositorySnapshot;
  readonly subjects: readonly DependencySubject[];
  readonly question: Question;
}

/** Makes the seeds of a request, from the repository as it is now. */
export async function planRequest(request: RunRequest, means: RequestMeans): Promise<Planned> {
  const { needs, line } = means;
  checkStations(line, needs);
  checkSeed(request, line);
  const { scope, actor, subject } = request;
  const order = await orderOf(request, means);
  if (subject.kind === 'branch') {
    const compared = await needs.forge.history.compare(request.repository, subject);
    await surveyProject(compared.repository, needs.forge); // says at once what is no npm project
    return { asked: { kind: 'one', seed: branchSeed(compared, { line, scope, actor }) }, order };
  }
  const repository = await needs.forge.open(request.repository);
  warnOfUncommitted(repository, needs);
  if (subject.kind === 'task') return { asked: { kind: 'one', seed: taskSeed(subject, repository, { line, scope, actor }) }, order };
  if (subject.kind === 'flake') {
    const seed = flakeSeed(subject, repository, { line, scope, actor, sha256: needs.sha256 });
    return { asked: { kind: 'one', seed }, order };
  }
  if (subject.kind === 'ticket') {
    const seed = ticketSeed(subject, repository, { line, scope, actor, sha256: needs.sha256 });
    return { asked: { kind: 'one', seed }, order };
  }
  const project = await surveyProject(repository, needs.forge);
  const { node } = await needs.floor.probe();
  const question: Question = { line, scope, actor, node, now: needs.clock.now() };
  return { asked: await seedsOf(subject, { request, needs, project, question }), order };
}

/** The parts of a group, one after the other. */
export function partsOf({ repository, subjects, question }: Group, { sha256 }: RunNeeds): ReturnType<typeof groupParts> {
  const byName = new Map(subjects.map((subject) => [subject.name, subject]));
  const seedOf: SeedOf = (names) => {
    const members = names.flatMap((name) => byName.get(name) ?? []);
    return dependencySeed(repository, { kind: 'newest', within: 'range' }, members, question, sha256);
  };
  return groupParts([...byName.keys()], seedOf);
}

/** A probe leaves no branch. */
export function deliveryOf(purpose: Part['purpose'], { delivery }: Pick<SeedOrder, 'delivery'>): SeedOrder['delivery'] {
  return purpose === 'probe' && delivery === 'branch' ? 'evidence' : delivery;
}

/** The kind of seed that a subject becomes. */
const seedKinds: Readonly<Record<RunRequest['subject']['kind'], Line['seed']>> = {
  package: 'dependency',
  all: 'dependency',
  advisories: 'advisory',
  task: 'task',
  ticket: 'ticket',
  branch: 'branch',
  flake: 'flake',
};

/** A line takes one kind of seed, and what is asked for must make that kind. */
function checkSeed({ subject }: RunRequest, { name, seed }: Line): void {
  const made = seedKinds[subject.kind];
  if (made === seed) return;
  throw new JidokaError('usage', `Line "${name}" works on a seed of kind ${seed}, and this request makes one of kind ${made}.`, {
    mend: `Use \`jidoka run ${builtIn[seed]}\` with this line.`,
  });
}

/** The built-in line for a kind of seed. */
const builtIn: Readonly<Record<Line['seed'], string>> = {
  task: 'task',
  ticket: 'bug',
  advisory: 'cve',
  dependency: 'deps',
  branch: 'review',
  flake: 'flaky',
};

interface Survey {
  readonly request: RunRequest;
  readonly needs: RunNeeds;
  readonly project: Project;
  readonly question: Question;
}

async function orderOf(request: RunRequest, { line, needs, signal }: RequestMeans): Promise<SeedOrder> {
  const given = readAdvisories(request.advisories);
  const blob =
    given.length === 0 ? null : await needs.blobs.put(canonicalJson(given), { label: 'advisories', mediaType: 'application/json' });
  return {
    line,
    lineDigest: needs.sha256(canonicalJson(line)),
    delivery: request.dryRun ? 'report' : request.subject.kind === 'branch' ? 'evidence' : 'branch',
    advisories: blob?.sha256 ?? null,
    again: request.again,
    priority: request.priority ?? usualPriority,
    ...planPart(request, needs),
    ...(signal === undefined ? {} : { signal }),
  };
}

const usualPriority = 100;

/** A plan that a person chose, of models that the factory's own gateway has. Throws `usage`. */
function planPart({ plan, actor }: RunRequest, { router }: RunNeeds): Pick<SeedOrder, 'plan'> {
  if (plan === undefined) return {};
  if (router === null)
    throw new JidokaError('usage', `--plan ${plan.join(',')} chooses models, and this factory has no gateway of its own to ask them.`, {
      mend: 'Put a factory.yaml with `gateway:` into the home of the factory, or leave the plan out: docs/GATEWAY.md.',
    });
  return { plan: { by: actor, models: [...checkPlan(plan, router.models)] } };
}

async function seedsOf(
  subject: Exclude<RunRequest['subject'], { kind: 'task' | 'ticket' | 'branch' | 'flake' }>,
  survey: Survey,
): Promise<Asked> {
  const { request, needs, project, question } = survey;
  switch (subject.kind) {
    case 'package':
      return { kind: 'one', seed: await seedOfPackage(project, subject.name, readPolicy(request.to), question, needs.registry) };
    case 'all':
      return await everything(survey);
    case 'advisories': {
      const seeds = readAdvisories(subject.files).map((advisory) => advisorySeed(project.repository, advisory, question));
      const [only] = seeds;
      return only !== undefined && seeds.length === 1 && subject.files.length === 1 ? { kind: 'one', seed: only } : { kind: 'many', seeds };
    }
  }
}

/** In-range updates as a group, then each larger step; where nothing is outdated, one run that proves it. */
async function everything({ request, needs, project, question }: Survey): Promise<Asked> {
  const policy = readPolicy(request.to);
  if (policy.kind === 'version')
    throw new JidokaError('usage', `--to ${policy.version} names one version, and --all is about many packages.`, {
      mend: 'Use --to patch, minor or major with --all, or name one package with --package.',
    });
  const found = await sweep(project, policy, question, needs.registry);
  tellSweep(found, needs);
  const seedOf = (subjects: readonly DependencySubject[], within: 'range' | null = null): DependencySeed =>
    dependencySeed(project.repository, within === null ? policy : { kind: 'newest', within }, subjects, question, needs.sha256);
  const unanswered = found.unanswered.length === 0 ? [] : [seedOf(found.unanswered)];
  if (found.group.length === 0 && found.steps.length === 0)
    return { kind: 'many', seeds: [...idle(found).map((subjects) => seedOf(subjects)), ...unanswered] };
  const seeds = [...found.steps.map((step) => seedOf([step])), ...unanswered];
  if (found.group.length < 2) return { kind: 'many', seeds: [...found.group.map((only) => seedOf([only], 'range')), ...seeds] };
  return { kind: 'group', group: { repository: project.repository, subjects: found.group, question }, seeds };
}

function tellSweep({ group, steps, current, skipped }: Sweep, needs: RunNeeds): void {
  for (const { name, why } of skipped) needs.progress({ kind: 'warning', message: `${name} is left out: ${why}` });
  needs.progress({
    kind: 'planned',
    runs: (group.length > 0 ? 1 : 0) + steps.length,
    message: `${group.length} in-range updates as a group, ${steps.length} larger steps, ${current.length} packages current`,
  });
}

/** Where nothing is outdated a run proves it; where nothing but questions is left, a run asks them. */
function idle({ current, open, unanswered }: Sweep): readonly (readonly DependencySubject[])[] {
  if (current.length > 0) return [current];
  return open.length > 0 && unanswered.length === 0 ? [open] : [];
}

function warnOfUncommitted({ uncommitted, baseCommit, location }: RepositorySnapshot, needs: RunNeeds): void {
  if (uncommitted === 0) return;
  const files = uncommitted === 1 ? '1 file' : `${uncommitted} files`;
  needs.progress({
    kind: 'warning',
    message: `${location} has ${files} with uncommitted changes; the run works on commit ${baseCommit.slice(0, 12)} and leaves them alone.`,
  });
}
