import type { EventBody } from '../../../core/evidence/event.ts';
import { fact, type BlobRef, type FactOf } from '../../../core/evidence/fact.ts';
import type { Stage } from '../../../core/line/line.ts';
import type { ReportOf } from '../../../core/station/report.ts';
import {
  divided,
  judgeReproduction,
  readTests,
  type JudgedTest,
  type KeptReproduction,
  type ReadTests,
} from '../../inspection/reproduction/index.ts';
import type { Job, StageWork } from '../job.ts';
import { proveNoOp } from './no-op/prove.ts';
import { runOnBase } from './reproduction/on-base.ts';
import { ticketWords } from './reproduction/ticket-words.ts';
import { subjectOf } from './reproduction/subject-of.ts';
import { writtenTests, type Written } from './reproduction/written.ts';
import { escalation, noReport, retry } from './station/outcomes.ts';
import { withStation, type Performed } from './station/with-station.ts';

type Done = Extract<ReportOf<'reproduction'>, { state: 'DONE' }>;

/** How often the tests must fail on the base. */
const times = 2;

/**
 * Lets a station write tests for what a ticket reports, takes those files and nothing else, and runs them itself on the
 * clean base: what counts is that they fail there, each time, for the reason that the ticket gives.
 */
export async function reproduction(stage: Stage, job: Job): Promise<StageWork> {
  const known = { reproduction: null, plan: [], patch: null };
  return await withStation(stage, job, { form: 'reproduction', known }, (performed) => look(stage, job, performed));
}

async function look(stage: Stage, job: Job, performed: Performed): Promise<StageWork> {
  const { claim, claimed, workspace } = performed;
  const { report } = claim;
  if (report === undefined) return noReport(stage, claim, claimed);
  if (report.state === 'RETRYABLE_FAILURE') return retry(claim, claimed, report);
  if (report.state === 'ESCALATE') return escalation(stage, claim, { claimed, report });
  const harvested = await job.needs.forge.harvest(job.packet.scope.repository, workspace);
  if (report.state === 'NO_OP') return await proveNoOp(stage, job, { claim, claimed, report, harvested, workspace });
  if (!('symptom' in report)) return noReport(stage, claim, claimed);
  const written = await writtenTests(report.files, harvested, workspace);
  return await judge(stage, job, { performed, report, written });
}

interface Handed {
  readonly performed: Performed;
  readonly report: Done;
  readonly written: Written;
}

async function judge(stage: Stage, job: Job, handed: Handed): Promise<StageWork> {
  const { written, report } = handed;
  if (written.objection !== null)
    return await conclude(stage, job, { ...handed, read: null, judged: { kind: 'objection', ...written.objection }, logs: [] });
  const words = ticketWords(job.input.seed);
  const read = readTests(written.files, await subjectOf(job), words);
  // What reading refuses is not run.
  if (read.objection !== null)
    return await conclude(stage, job, { ...handed, read, judged: { kind: 'objection', ...read.objection }, logs: [] });
  const ran = await runOnBase(stage, job, written.files, times);
  if (ran.kind === 'work') return ran.work;
  const judged = judgeReproduction(ran.judged, read, { symptom: report.symptom, ticket: words.text });
  return await conclude(stage, job, { ...handed, read, judged, logs: ran.logs });
}

interface Judged extends Handed {
  readonly read: ReadTests | null;
  readonly judged: ReturnType<typeof judgeReproduction>;
  readonly logs: readonly BlobRef[];
}

async function conclude(stage: Stage, job: Job, told: Judged): Promise<StageWork> {
  const { performed, written, judged } = told;
  const found = reproductionFact(told);
  const left: readonly EventBody[] =
    written.left.length === 0
      ? []
      : [
          {
            type: 'observed',
            stage: stage.id,
            what: 'left out',
            summary: `Not taken from the station: ${written.left.join(', ')}.`,
            logs: [],
          },
        ];
  const events: readonly EventBody[] = [performed.claimed, ...left, { type: 'fact.found', stage: stage.id, fact: found }];
  if (judged.kind === 'objection') return { kind: 'ended', outcome: 'objected', summary: found.summary, events, output: {} };
  const kept = await keep(job, told, judged);
  if (kept !== null) return { kind: 'ended', outcome: 'done', summary: found.summary, events, output: { reproduction: kept } };
  const secret = fact(
    'secrets',
    'broken',
    'secret-in-reproduction',
    'The tests hold text of the shape of a secret, so they were not kept.',
    {
      findings: [],
      linesScanned: 0,
    },
  );
  const refused = fact('reproduction', 'broken', secret.code, secret.summary, found.data);
  return {
    kind: 'ended',
    outcome: 'objected',
    summary: refused.summary,
    events: [...events.slice(0, -1), { type: 'fact.found', stage: stage.id, fact: refused }],
    output: {},
  };
}

/** Keeps the tests as a blob; null where the store would not keep them word for word. */
async function keep(
  { needs: { blobs, sha256 } }: Job,
  { written, report }: Judged,
  { failing, controls }: Extract<Judged['judged'], { kind: 'reproduced' }>,
): Promise<BlobRef | null> {
  const { shown, heldOut } = divided(failing, sha256);
  const kept: KeptReproduction = {
    files: written.files.map(({ path, content }) => ({ path, content })),
    symptom: report.symptom,
    shown: shown.map(({ id, message }) => ({ id, message })),
    heldOut: heldOut.map(({ id }) => id),
    controls: controls.map(({ id }) => id),
  };
  const text = JSON.stringify(kept);
  const blob = await blobs.put(text, { label: 'reproduction', mediaType: 'application/json' });
  return (await blobs.text(blob.sha256)) === text ? blob : null;
}

function reproductionFact({ performed: { claim }, report, written, read, judged, logs }: Judged): FactOf<'reproduction'> {
  const tests: readonly JudgedTest[] = judged.kind === 'reproduced' ? [...judged.failing, ...judged.controls] : [];
  const data = {
    station: claim.station,
    files: written.files.map(({ path }) => path),
    symptom: report.symptom,
    runs: logs.length,
    tests: tests.map(({ id, did, message }) => ({ id, onBase: did, message })),
    fromTicket: read?.fromTicket ?? [],
  };
  if (judged.kind === 'objection')
    return fact('reproduction', 'broken', judged.code, `What the ticket reports was not shown: ${judged.why}.`, data, logs);
  const several = judged.failing.length === 1 ? '1 new test fails' : `${judged.failing.length} new tests fail`;
  return fact(
    'reproduction',
    'holds',
    'reproduced',
    `${several} on the base, ${times} times out of ${times}, with "${report.symptom}".`,
    data,
    logs,
  );
}
