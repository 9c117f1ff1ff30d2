import { assertNever } from '../../../core/base/assert-never.ts';
import { JidokaError } from '../../../core/base/error.ts';
import type { EventBody } from '../../../core/evidence/event.ts';
import { fact, type Finding } from '../../../core/evidence/fact.ts';
import type { Stage } from '../../../core/line/line.ts';
import type { Report } from '../../../core/station/report.ts';
import { crewOf } from '../../../core/station/crew-of.ts';
import { blobOf, type Job, type StageWork } from '../job.ts';
import { proveNoOp } from './no-op/prove.ts';
import { knownSoFar } from './station/known.ts';
import { escalation, noReport, refusal, retry } from './station/outcomes.ts';
import { withStation, type Performed, type StationOrder } from './station/with-station.ts';

type Form = NonNullable<Stage['form']>;
type Done = Extract<Report, { state: 'DONE' }>;

/** Lets a station read and judge: what it hands in counts, whatever it does to the tree is thrown away. */
export async function judgement(stage: Stage, job: Job): Promise<StageWork> {
  const { form } = stage;
  if (form === undefined)
    throw new JidokaError('line-invalid', `Stage "${stage.id}" does not say what its station is to hand in.`, {
      mend: 'Give it "form: review", "form: plan" or "form: classification".',
    });
  if (job.input.seed.kind === 'branch' && blobOf(job, 'patch') === null) return unread(stage);
  if (stage.optional === true && crewOf(stage, job.input.line, job.needs.stations).able.length === 0)
    return without(stage, 'no station that it names is here and can do it', []);
  const work = await withStation(stage, job, await orderOf(form, job), (performed) => look(stage, job, { performed, form }));
  return stage.optional === true && work.kind === 'failed' ? without(stage, work.message, work.events) : work;
}

/** The line can do without it, and the evidence says that it had to. */
function without(stage: Stage, why: string, events: readonly EventBody[]): StageWork {
  const summary = `The run goes on without a ${stage.form}: ${why}`;
  const told: EventBody = { type: 'observed', stage: stage.id, what: 'gone on without', summary, logs: [] };
  return { kind: 'ended', outcome: 'done', summary, events: [...events, told], output: {} };
}

/** A branch that holds what looks like a secret is shown to no station. */
function unread({ id }: Stage): StageWork {
  const why = 'No station read the branch: it holds text of the shape of a secret.';
  const found = fact('review', 'unknown', 'secret-in-change', why, { station: '', findings: [] });
  return { kind: 'ended', outcome: 'done', summary: why, events: [{ type: 'fact.found', stage: id, fact: found }], output: {} };
}

/** Who reviews finds the changed tree before him. */
async function orderOf(form: Form, job: Job): Promise<StationOrder> {
  const { forge, blobs } = job.needs;
  const known = await knownSoFar(job);
  const blob = form === 'review' ? blobOf(job, 'patch') : null;
  if (blob === null) return { form, known: { ...known, patch: null } };
  const patch = await blobs.text(blob.sha256);
  const { repository } = job.packet.scope;
  return { form, known: { ...known, patch }, prepare: async (workspace) => void (await forge.apply(repository, patch, workspace)) };
}

interface Judged {
  readonly performed: Performed;
  readonly form: Form;
}

async function look(stage: Stage, job: Job, { performed, form }: Judged): Promise<StageWork> {
  const { claim, claimed, workspace } = performed;
  const { report } = claim;
  if (report === undefined) return stage.optional === true ? without(stage, claim.summary, [claimed]) : noReport(stage, claim, claimed);
  switch (report.state) {
    case 'RETRYABLE_FAILURE':
      return retry(claim, claimed, report);
    case 'ESCALATE':
      return escalation(stage, claim, { claimed, report });
    case 'NO_OP': {
      const harvested = await job.needs.forge.harvest(job.packet.scope.repository, workspace);
      return await proveNoOp(stage, job, { claim, claimed, report, harvested, workspace });
    }
    case 'DONE':
      return await done(stage, job, { performed, form, report });
    default:
      return assertNever(report);
  }
}

async function done(stage: Stage, job: Job, { performed, form, report }: Judged & { readonly report: Done }): Promise<StageWork> {
  const { claim, claimed } = performed;
  if (form === 'review' && 'verdict' in report) return reviewed(stage, performed, report);
  if (form === 'plan' && 'steps' in report && !('filesChanged' in report)) return await planned(stage, job, { performed, report });
  if (form === 'classification' && 'kind' in report) return classified(stage, performed, report);
  return refusal(stage, claim, {
    claimed,
    code: 'no-report',
    why: `The station ${claim.station} handed in a report of another form than "${form}".`,
  });
}

/** What blocks, or an objection that says nothing but its summary, sends the change back. */
function reviewed(
  stage: Stage,
  { claim, claimed }: Performed,
  { verdict, findings, summary }: Extract<Done, { verdict: unknown }>,
): StageWork {
  const found: readonly Finding[] = findings.map(({ file, line = 1, weight, message }) => ({ rule: weight, file, line, message }));
  const blocking = found.filter(({ rule }) => rule === 'blocks');
  const objects = verdict === 'object' || blocking.length > 0;
  const named = blocking.map(({ file, line, message }) => `${file}:${line}: ${message}`).join(' ');
  const data = { station: claim.station, findings: found };
  const judged = objects
    ? fact('review', 'broken', 'review-objects', `The station ${claim.station} objects to the change: ${summary} ${named}`.trim(), data)
    : fact(
        'review',
        'holds',
        'review-approves',
        `The station ${claim.station} has read the change and objects to nothing: ${summary}`,
        data,
      );
  return {
    kind: 'ended',
    outcome: objects ? 'objected' : 'done',
    summary: judged.summary,
    events: [claimed, { type: 'fact.found', stage: stage.id, fact: judged }],
    output: {},
  };
}

async function planned(
  stage: Stage,
  { needs: { blobs } }: Job,
  { performed, report }: { readonly performed: Performed; readonly report: Extract<Done, { steps: unknown }> },
): Promise<StageWork> {
  const { steps } = report;
  const plan = await blobs.put(JSON.stringify(steps), { label: 'plan', mediaType: 'application/json' });
  const made: EventBody = { type: 'plan.made', stage: stage.id, steps };
  return { kind: 'ended', outcome: 'done', summary: report.summary, events: [performed.claimed, made], output: { plan } };
}

/** Only a fault of the code is this line's; what else a ticket is, or what it lacks, is a question to a person. */
function classified(stage: Stage, { claim, claimed }: Performed, { kind, missing, summary }: Extract<Done, { kind: unknown }>): StageWork {
  if (missing.length > 0)
    return refusal(stage, claim, { claimed, code: 'missing-context', why: `${summary} Please say: ${missing.join('; ')}` });
  if (kind !== 'bug')
    return refusal(stage, claim, {
      claimed,
      code: 'not-a-bug',
      why: `${summary} Should this ${kind} be worked on as something else than a bug?`,
    });
  return { kind: 'ended', outcome: 'done', summary, events: [claimed], output: {} };
}
