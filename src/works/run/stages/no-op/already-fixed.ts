import type { EventBody } from '../../../../core/evidence/event.ts';
import type { Stage } from '../../../../core/line/line.ts';
import { judgeReproduction } from '../../../inspection/reproduction/index.ts';
import type { Job } from '../../job.ts';
import { inProject, runBefore } from '../reproduction/on-base.ts';
import { ticketWords } from '../reproduction/ticket-words.ts';
import { handedTests, provePasses, type HandedTests } from './not-reproducible.ts';
import type { NoOpClaim, NoOpProof } from './prove.ts';

/** How often the tests must fail before the commit. */
const times = 2;

/**
 * A commit of the history that led to the base mended what the ticket reports: new tests that hold the code against exact
 * values of the ticket fail at the commit before it, each time, and pass on the base, in runs in which a test that must
 * fail is seen to fail. The station sees one commit alone, so it names one that the ticket speaks of.
 */
export async function proveAlreadyFixed(stage: Stage, job: Job, claim: NoOpClaim): Promise<NoOpProof> {
  const named = claim.report.proof.find(({ commit }) => commit !== undefined)?.commit;
  if (named === undefined) return { kind: 'unproven', why: 'its proof names no commit' };
  const { repository } = job.packet.scope;
  const found = await job.needs.forge.history.ancestor(repository, named);
  if (found === null) return { kind: 'unproven', why: `the history of the base has no commit ${named}` };
  const { commit, parent } = found;
  if (parent === null) return { kind: 'unproven', why: `before ${named} there was nothing that it could have mended` };
  const handed = await handedTests(job, claim);
  if ('kind' in handed) return handed;
  const after = await provePasses(stage, job, handed);
  if (after.kind !== 'proved') return after;
  const before = await proveFails(stage, job, handed, parent);
  const events = [...(after.events ?? []), ...(before.kind === 'work' ? [] : (before.events ?? []))];
  if (before.kind !== 'proved') return before.kind === 'work' ? before : { ...before, events };
  const history = `${commit.slice(0, 12)} is in the history of ${repository.baseCommit.slice(0, 12)}, made on ${parent.slice(0, 12)}`;
  return { kind: 'proved', proof: [history, ...before.proof, ...after.proof], events };
}

/** Holds tests against a commit before the base: some that hold values of the ticket must fail there, each time and for no reason of their own. */
async function proveFails(stage: Stage, job: Job, { files, read }: HandedTests, commit: string): Promise<NoOpProof> {
  const ran = await runBefore(stage, job, files, { commit, times });
  if (ran.kind === 'work') return ran;
  const at = commit.slice(0, 12);
  const bound = new Set(read.bound.map((id) => inProject(id, job)));
  const tests = ran.judged.tests.map(({ id, did }) => `${id} ${did}`).join(', ');
  const summary = tests === '' ? (ran.judged.objection?.why ?? 'no test of theirs was reported') : tests;
  const events: readonly EventBody[] = [{ type: 'observed', stage: stage.id, what: `tests of a claim at ${at}`, summary, logs: ran.logs }];
  const first = ran.judged.tests.find(({ id, did }) => bound.has(id) && did === 'fails');
  if (first === undefined && ran.judged.objection === null) {
    const why = `at ${at}, before that commit, none of the tests that hold values of the ticket fails: ${summary}`;
    return { kind: 'unproven', why, events };
  }
  // What the first of them says is what the code did wrong then; the others must say the same of it.
  const symptom = first?.message.split('\n').find((line) => line.trim() !== '') ?? '';
  const judged = judgeReproduction(ran.judged, read, { symptom, ticket: ticketWords(job.input.seed).text });
  if (judged.kind === 'objection') return { kind: 'unproven', why: `at ${at}, before that commit, ${judged.why}`, events };
  const failing = judged.failing.filter(({ id }) => bound.has(id));
  const proof = failing.map(({ id }) => `${id} failed ${times} times out of ${times} at ${at}, with "${symptom.trim().slice(0, 120)}"`);
  return { kind: 'proved', proof, events };
}
