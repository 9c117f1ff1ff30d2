import type { EventBody } from '../../../../core/evidence/event.ts';
import type { Stage } from '../../../../core/line/line.ts';
import { readTests, type ReadTests, type TestFile } from '../../../inspection/reproduction/index.ts';
import type { Job } from '../../job.ts';
import { ticketWords } from '../reproduction/ticket-words.ts';
import { inProject, runOnBase } from '../reproduction/on-base.ts';
import { subjectOf } from '../reproduction/subject-of.ts';
import { writtenTests } from '../reproduction/written.ts';
import type { NoOpClaim, NoOpProof } from './prove.ts';

/** How often the tests must pass on the base. */
const times = 3;

/**
 * What the ticket reports does not happen on the base: tests of the station that hold the code against exact values of the
 * ticket pass there each time, in runs in which a test that must fail is seen to fail.
 */
export async function proveNotReproducible(stage: Stage, job: Job, claim: NoOpClaim): Promise<NoOpProof> {
  const handed = await handedTests(job, claim);
  return 'kind' in handed ? handed : await provePasses(stage, job, handed);
}

/** New tests that a station handed in with its claim. */
export interface HandedTests {
  readonly files: readonly TestFile[];
  readonly read: ReadTests;
}

/** Takes the new test files that a claim names, where they hold the code against exact values of the ticket. */
export async function handedTests(
  job: Job,
  { report, harvested, workspace }: NoOpClaim,
): Promise<HandedTests | Extract<NoOpProof, { kind: 'unproven' }>> {
  const named = report.proof.flatMap(({ file }) => file ?? []);
  const added = harvested.files.filter(({ status }) => status === 'added').map(({ path }) => path);
  const written = await writtenTests(
    named.filter((path) => added.includes(path.replace(/^\.\//, ''))),
    harvested,
    workspace,
  );
  if (written.files.length === 0) return { kind: 'unproven', why: 'its proof names no new test file' };
  if (written.objection !== null) return { kind: 'unproven', why: written.objection.why };
  const read = readTests(written.files, await subjectOf(job), ticketWords(job.input.seed));
  if (read.objection !== null) return { kind: 'unproven', why: read.objection.why };
  if (read.bound.length === 0) return { kind: 'unproven', why: 'no test holds the code against an exact value that the ticket names' };
  return { files: written.files, read };
}

/** Holds tests against the base: they must pass there each time. */
export async function provePasses(stage: Stage, job: Job, { files, read }: HandedTests): Promise<NoOpProof> {
  const ran = await runOnBase(stage, job, files, times);
  if (ran.kind === 'work') return ran;
  const events: readonly EventBody[] = [
    {
      type: 'observed',
      stage: stage.id,
      what: 'tests of a claim',
      summary: ran.judged.tests.map(({ id, did }) => `${id} ${did}`).join(', '),
      logs: ran.logs,
    },
  ];
  return {
    ...held(
      ran,
      read.bound.map((id) => inProject(id, job)),
      job,
    ),
    events,
  };
}

type Ran = Extract<Awaited<ReturnType<typeof runOnBase>>, { kind: 'ran' }>;

function held({ judged, runs }: Ran, bound: readonly string[], { packet }: Job): Exclude<NoOpProof, { kind: 'work' }> {
  const { tests, objection } = judged;
  if (objection !== null) return { kind: 'unproven', why: objection.why };
  const against = tests.find(({ did }) => did !== 'passes');
  if (against !== undefined) return { kind: 'unproven', why: `on the base ${against.id} ${against.did}` };
  const shown = tests.filter(({ id }) => bound.includes(id));
  if (shown.length === 0) return { kind: 'unproven', why: 'the runner reported none of the tests that hold values of the ticket' };
  const canaries = runs.map(({ canary }) => canary?.reported ?? 'missing');
  if (canaries.some((reported) => reported !== 'fail'))
    return { kind: 'unproven', why: `a test that must fail was reported as ${canaries.join(', ')}` };
  const base = packet.scope.repository.baseCommit.slice(0, 12);
  return {
    kind: 'proved',
    proof: [
      ...shown.map(({ id }) => `${id} passed ${runs.length} times out of ${runs.length} at ${base}`),
      'a test that must fail was reported as failed in each of these runs',
    ],
  };
}
