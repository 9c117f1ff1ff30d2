import { assertNever } from '../../../core/base/assert-never.ts';
import type { StageOutput } from '../../../core/evidence/event.ts';
import { fact, type Fact, type FailureClass } from '../../../core/evidence/fact.ts';
import type { Stage } from '../../../core/line/line.ts';
import type { DependencySeed, Seed } from '../../../core/packet/seed.ts';
import { percent, runsToExclude } from '../../../core/statistics/rate.ts';
import { judgeAdvisory, judgePackage, surveyProject, type Judgement, type Project } from '../../intake/index.ts';
import { judgeTicket } from '../../ticket/index.ts';
import type { Job, StageWork } from '../job.ts';
import { duplicateOf, ticketMark } from './duplicate.ts';

type Open = { readonly kind: 'go'; readonly attached: readonly string[] };
type Verdictless = Open | Exclude<Judgement, { kind: 'go' }>;

/** Says whether anything is owed at all, from the base commit and the registry alone; no workspace is made. */
export async function applicability(stage: Stage, job: Job): Promise<StageWork> {
  const project = await surveyProject(job.packet.scope.repository, job.needs.forge);
  const judgement = await judge(project, job);
  switch (judgement.kind) {
    case 'failed':
      return failed(judgement.class, judgement.message);
    case 'go':
      return ended(
        stage,
        'done',
        fact(
          'seed',
          'holds',
          'context-attached',
          `The job applies: ${judgement.attached[0] ?? 'nothing speaks against it'}.`,
          attachedData(judgement.attached),
        ),
        outputFor(job.input.seed),
      );
    case 'no-op':
      return ended(
        stage,
        'settled',
        fact('no-op', 'holds', judgement.rule, judgement.summary, { rule: judgement.rule, proof: judgement.proof }),
      );
    case 'question':
      return ended(
        stage,
        'settled',
        fact('seed', 'broken', judgement.code, `${judgement.summary} ${judgement.question}`, {
          attached: [],
          missing: [judgement.code],
          question: judgement.question,
        }),
      );
    default:
      return assertNever(judgement);
  }
}

async function judge(project: Project, job: Job): Promise<Verdictless> {
  const { seed } = job.input;
  switch (seed.kind) {
    case 'dependency':
      return merge(await judgeSubjects(project, seed, job));
    case 'advisory':
      return judgeAdvisory(project, seed.advisory, seed.scope);
    case 'task':
      return { kind: 'go', attached: [`${seed.paths.length} path pattern(s) may be touched`] };
    case 'branch':
      return await (await import('./review/judge-branch.ts')).judgeBranch(seed, job); // readers come with it
    case 'flake':
      return {
        kind: 'go',
        attached: [`a rate of ${percent(seed.rate)} is to be excluded, by ${runsToExclude(seed.rate)} runs in each mode`],
      };
    case 'ticket':
      return (await duplicateOf(seed, job)) ?? judgeTicket(seed);
    default:
      return assertNever(seed);
  }
}

async function judgeSubjects(project: Project, seed: DependencySeed, job: Job): Promise<readonly Judgement[]> {
  const { node } = await job.needs.floor.probe();
  const now = job.needs.clock.now();
  const minimumAgeDays = job.input.line.policy.minimumReleaseAgeDays;
  return await Promise.all(
    seed.subjects.map(async ({ name, target }) => {
      // The seed's own target stands, also where the registry has a newer one by now: that is another seed.
      const policy = target === null ? seed.policy : ({ kind: 'version', version: target } as const);
      const judgement = await judgePackage(project, { name, policy, scope: seed.scope, node, minimumAgeDays, now }, job.needs.registry);
      return judgement.kind === 'go' && target === null ? answeredLate(name, judgement.target) : judgement;
    }),
  );
}

/** The registry was silent when the seed was made, so that it names no target; the seed of the next try will. */
function answeredLate(name: string, target: string): Judgement {
  return { kind: 'failed', class: 'registry', message: `The registry told of ${name} ${target} only after the job was made without it.` };
}

/** A group goes on while one member does; it stops where a member needs an answer; it owes nothing where no member does. */
function merge(judgements: readonly Judgement[]): Verdictless {
  const stop = judgements.find((judgement) => judgement.kind === 'failed' || judgement.kind === 'question');
  if (stop !== undefined) return stop;
  const going = judgements.filter((judgement) => judgement.kind === 'go');
  if (going.length > 0) return { kind: 'go', attached: going.flatMap((judgement) => judgement.attached) };
  const idle = judgements.filter((judgement) => judgement.kind === 'no-op');
  const [first] = idle;
  if (first !== undefined && idle.length === 1) return first;
  return {
    kind: 'no-op',
    rule: 'already-current',
    summary: `All ${idle.length} packages are current.`,
    proof: idle.flatMap((judgement) => judgement.proof),
    from: null,
  };
}

/** By which a later run of the same ticket finds this one. */
function outputFor(seed: Seed): StageOutput {
  return seed.kind === 'ticket' ? { ticket: ticketMark(seed) } : {};
}

function attachedData(attached: readonly string[]): { attached: readonly string[]; missing: readonly string[]; question: string } {
  return { attached, missing: [], question: '' };
}

function ended(stage: Stage, outcome: 'done' | 'settled', found: Fact, output: StageOutput = {}): StageWork {
  return { kind: 'ended', outcome, summary: found.summary, events: [{ type: 'fact.found', stage: stage.id, fact: found }], output };
}

function failed(kind: FailureClass, message: string): StageWork {
  return { kind: 'failed', class: kind, command: 'registry', message, events: [], logs: [] };
}
