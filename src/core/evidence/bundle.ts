import { z } from 'zod';
import type { RunId } from '../base/ids.ts';
import { JidokaError } from '../base/error.ts';
import { TaskPacket } from '../packet/packet.ts';
import { seedTitle } from '../packet/title.ts';
import { proofObligations, verdicts } from '../verdict/verdict.ts';
import { filesPart } from './blob-files.ts';
import { checkStatements, CheckName, Demand } from './check.ts';
import { Confinement, confinementOf } from './confinement.ts';
import type { EventBody, LedgerEvent } from './event.ts';
import type { Fact } from './fact.ts';
import { ReviewFinding, reviewFindings } from './findings.ts';
import { ModelUse, modelUses } from './model-use.ts';
import { residualRisks, type Surroundings } from './residual-risk.ts';
import { standing, standingFacts } from './standing.ts';

const Blob = z.strictObject({ sha256: z.string(), bytes: z.number(), label: z.string(), mediaType: z.string() });

const FactRecord = z.strictObject({
  kind: z.literal('fact'),
  check: CheckName,
  outcome: z.enum(['holds', 'broken', 'unknown']),
  code: z.string(),
  summary: z.string(),
  data: z.record(z.string(), z.unknown()),
  logs: z.array(Blob),
});

const Where = z.strictObject({
  host: z.string(),
  platform: z.string(),
  executor: z.string(),
  pid: z.number(),
  floor: z.string(),
  tier: z.string(),
  user: z.string(),
  node: z.string(),
  npm: z.string(),
  /** Absent in bundles of before 0.3, as all below. */
  wall: z.string().optional(),
  limits: z.string().optional(),
  image: z.string().nullable().optional(),
  region: z.string().nullable().optional(),
  harness: z.strictObject({ name: z.string(), version: z.string() }).nullable().optional(),
  model: z.string().nullable().optional(),
});

const Observation = z.strictObject({ stage: z.string(), what: z.string(), summary: z.string(), logs: z.array(Blob) });

/** The evidence of one run: eight parts, all derived from the ledger, verifiable offline. */
export const EvidenceBundle = z.strictObject({
  apiVersion: z.literal('jidoka/v1'),
  kind: z.literal('EvidenceBundle'),
  run: z.string(),
  line: z.strictObject({ name: z.string(), digest: z.string() }),
  seedKey: z.string(),
  version: z.string(),
  summary: z.strictObject({
    title: z.string(),
    verdict: z.enum(verdicts),
    reason: z.strictObject({ code: z.string(), message: z.string() }),
    repository: z.string(),
    baseCommit: z.string(),
    startedAt: z.string(),
    decidedAt: z.string(),
  }),
  originalTask: TaskPacket,
  reproduction: z.strictObject({ statement: z.string(), observations: z.array(Observation) }),
  plan: z.strictObject({
    steps: z.array(z.strictObject({ stage: z.string(), step: z.string() })),
    /** What stations said; kept apart because nothing rests on it. */
    claims: z.array(z.strictObject({ stage: z.string(), station: z.string(), says: z.string(), code: z.string(), summary: z.string() })),
  }),
  diff: z
    .strictObject({
      patch: Blob,
      files: z.array(z.strictObject({ path: z.string(), status: z.string(), added: z.number(), removed: z.number() })),
    })
    .nullable(),
  validation: z.array(z.strictObject({ statement: z.string(), demand: Demand.nullable(), fact: FactRecord })),
  outcomeReason: z.strictObject({
    verdict: z.enum(verdicts),
    code: z.string(),
    message: z.string(),
    obligation: z.string(),
    /** Checks the reason rests on. */
    restsOn: z.array(CheckName),
  }),
  residualRisk: z.array(z.string()),
  /** Absent in bundles of before 0.3. */
  confinement: Confinement.optional(),
  /** What a review found, what blocks first; absent where a run reviews no branch. */
  findings: z.array(ReviewFinding).optional(),
  /** What people decided at gates, and what was sent back to be done again, in order; absent where neither happened, as in 0.1.0. */
  decisions: z
    .array(
      z.strictObject({
        stage: z.string(),
        attempt: z.number(),
        question: z.string(),
        /** approve, reject, answer, or expired. */
        choice: z.string(),
        by: z.string(),
        role: z.string(),
        note: z.string(),
        at: z.string(),
        digest: z.string(),
      }),
    )
    .optional(),
  reworks: z.array(z.strictObject({ from: z.string(), to: z.string(), objection: z.string() })).optional(),
  /** What stations took of models, as their harnesses or providers count it; absent where none tells. */
  models: z.array(ModelUse).optional(),
  stages: z.array(
    z.strictObject({
      stage: z.string(),
      attempt: z.number(),
      outcome: z.string(),
      summary: z.string(),
      durationMs: z.number(),
      where: z.array(Where),
    }),
  ),
  /** Logs and other content that the events name, by their place in the bundle. */
  files: z.array(z.strictObject({ path: z.string(), sha256: z.string(), bytes: z.number(), label: z.string() })),
  ledger: z.strictObject({ head: z.string(), events: z.number() }),
});
export type EvidenceBundle = z.infer<typeof EvidenceBundle>;

type Of<Type extends EventBody['type']> = Extract<EventBody, { type: Type }>;

/**
 * Derives the bundle of a run from its ledger, up to and including the verdict. Pure: the same events give the same bundle.
 * Throws `invariant` where the run has no packet or no verdict yet.
 */
export function bundle(run: RunId, events: readonly LedgerEvent[]): EvidenceBundle {
  const decidedIndex = events.findIndex((event) => event.body.type === 'verdict.decided');
  const told = events.slice(0, decidedIndex + 1);
  const started = need(run, told, 'run.started');
  const { packet } = need(run, told, 'packet.sealed');
  const decided = need(run, told, 'verdict.decided');
  const facts = standingFacts(told);
  return {
    apiVersion: 'jidoka/v1',
    kind: 'EvidenceBundle',
    run,
    line: started.line,
    seedKey: started.seed.key,
    version: started.version,
    summary: {
      title: seedTitle(started.seed),
      verdict: decided.verdict,
      reason: decided.reason,
      repository: packet.scope.repository.location,
      baseCommit: packet.scope.repository.baseCommit,
      startedAt: told.at(0)?.at ?? '',
      decidedAt: told.at(-1)?.at ?? '',
    },
    originalTask: packet,
    reproduction: { statement: packet.reproduction.statement, observations: observations(told) },
    plan: planPart(told),
    diff: diffPart(told),
    validation: validationPart(packet, facts),
    outcomeReason: {
      verdict: decided.verdict,
      ...decided.reason,
      obligation: proofObligations[decided.verdict],
      restsOn: restsOn(packet, facts, decided),
    },
    residualRisk: residualRisks(packet, facts, surroundings(told)),
    ...confinementPart(told),
    ...(packet.source.kind === 'branch' ? { findings: reviewFindings(packet, facts) } : {}),
    ...unlessEmpty('decisions', decisionsPart(told)),
    ...unlessEmpty('reworks', reworksPart(told)),
    ...unlessEmpty('models', modelUses(told)),
    stages: stagesPart(told),
    files: filesPart(told),
    ledger: { head: told.at(-1)?.hash ?? '', events: told.length },
  };
}

function surroundings(told: readonly LedgerEvent[]): Surroundings {
  const [starts, environments] = [bodies(told, 'stage.started'), bodies(told, 'environment.read')];
  return { starts, environments, claims: bodies(told, 'claim.made'), refusals: bodies(told, 'models.refused') };
}

function confinementPart(told: readonly LedgerEvent[]): Pick<EvidenceBundle, 'confinement'> {
  const confinement = confinementOf(bodies(told, 'stage.started').map(({ where }) => where));
  return confinement === null ? {} : { confinement };
}

function bodies<Type extends EventBody['type']>(events: readonly LedgerEvent[], type: Type): Of<Type>[] {
  const isOfType = (body: EventBody): body is Of<Type> => body.type === type;
  return events.map((event) => event.body).filter(isOfType);
}

function need<Type extends EventBody['type']>(run: RunId, events: readonly LedgerEvent[], type: Type): Of<Type> {
  const found = bodies(events, type).at(-1);
  if (found !== undefined) return found;
  throw new JidokaError('invariant', `Run ${run} has no ${type} event, so it has no bundle yet.`, {
    mend: `Let it go on: jidoka resume ${run}`,
  });
}

function observations(events: readonly LedgerEvent[]): EvidenceBundle['reproduction']['observations'] {
  return bodies(events, 'observed').map(({ stage, what, summary, logs }) => ({ stage, what, summary, logs: [...logs] }));
}

function planPart(events: readonly LedgerEvent[]): EvidenceBundle['plan'] {
  const claims = bodies(events, 'claim.made');
  const planned = bodies(events, 'plan.made').flatMap(({ stage, steps }) => steps.map((step) => ({ stage, step })));
  const told = claims.flatMap(({ stage, claim }) => claim.steps.map((step) => ({ stage, step })));
  return {
    steps: [...planned, ...told],
    claims: claims.map(({ stage, claim: { station, says, code, summary } }) => ({ stage, station, says, code, summary })),
  };
}

function diffPart(events: readonly LedgerEvent[]): EvidenceBundle['diff'] {
  const change = bodies(standing(events), 'change.harvested').at(-1);
  if (change === undefined || change.files.length === 0) return null;
  return { patch: change.patch, files: change.files.map((file) => ({ ...file })) };
}

/** A part that no bundle of an older version has: what was sealed without it must be derived without it. */
function unlessEmpty<Name extends string, Item>(name: Name, items: Item[]): { readonly [Part in Name]?: Item[] } {
  return items.length === 0 ? {} : ({ [name]: items } as { readonly [Part in Name]: Item[] }); // a computed name is widened
}

/** What each gate was asked and got. */
function decisionsPart(events: readonly LedgerEvent[]): NonNullable<EvidenceBundle['decisions']> {
  const answers = bodies(events, 'gate.answered');
  const expiries = bodies(events, 'gate.expired');
  return bodies(events, 'gate.opened').flatMap(({ gate, stage, attempt, question, digest }) => {
    const answer = answers.find((candidate) => candidate.gate === gate);
    const expiry = expiries.find((candidate) => candidate.gate === gate);
    const asked = { stage, attempt, question, digest };
    if (answer !== undefined) {
      const { choice, by, role, note, at } = answer;
      return [{ ...asked, choice, by, role, note, at, digest: answer.digest }];
    }
    return expiry === undefined ? [] : [{ ...asked, choice: 'expired', by: '', role: '', note: '', at: expiry.at }];
  });
}

function validationPart(packet: TaskPacket, facts: readonly Fact[]): EvidenceBundle['validation'] {
  return facts.map((fact) => ({
    statement: checkStatements[fact.check],
    demand: packet.validation.find(({ check }) => check === fact.check)?.demand ?? null,
    fact: { ...fact, data: { ...fact.data }, logs: [...fact.logs] },
  }));
}

/** The facts that carry the reason: those of its code, or every deciding one for PR_READY. */
function restsOn(packet: TaskPacket, facts: readonly Fact[], decided: Of<'verdict.decided'>): CheckName[] {
  const deciding = new Set(packet.validation.filter(({ demand }) => demand !== 'report').map(({ check }) => check));
  const carries = (fact: Fact): boolean =>
    decided.verdict === 'PR_READY' ? deciding.has(fact.check) && fact.outcome === 'holds' : fact.code === decided.reason.code;
  return [...new Set(facts.filter(carries).map((fact) => fact.check))];
}

function reworksPart(events: readonly LedgerEvent[]): NonNullable<EvidenceBundle['reworks']> {
  return bodies(events, 'rework.ordered').map(({ from, to, objection }) => ({ from, to, objection }));
}

function stagesPart(events: readonly LedgerEvent[]): EvidenceBundle['stages'] {
  const starts = bodies(events, 'stage.started');
  return bodies(events, 'stage.completed').map(({ stage, attempt, outcome, summary, durationMs }) => ({
    stage,
    attempt,
    outcome,
    summary,
    durationMs,
    where: starts.filter((start) => start.stage === stage && start.attempt === attempt).map((start) => ({ ...start.where })),
  }));
}
