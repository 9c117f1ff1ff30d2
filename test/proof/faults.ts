import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { filesOfRef, refsOf } from '../../kit/scenario/index.ts';
import { git } from '../../kit/forge/index.ts';
import { parseDigest, parseRunId } from '../../src/core/base/ids.ts';
import { verifyChain } from '../../src/core/evidence/chain.ts';
import type { EventBody, LedgerEvent } from '../../src/core/evidence/event.ts';
import type { Verification } from '../../src/core/evidence/verify.ts';
import type { Likeness, RunRecord, TrialRecord } from './record.ts';
import type { Trial } from './trial.ts';

/** Everything that must hold of a run whatever was killed, and does not; nothing where all does. */
export async function faultsOf(trial: Trial, record: TrialRecord, reference: TrialRecord): Promise<readonly string[]> {
  return [
    ...likeReference(record, reference),
    ...[...record].flatMap(([role, run]) => once(run).map((fault) => `${role}: ${fault}`)),
    ...(await delivered(trial, record)),
    ...(await verified(trial, record)),
    ...(await toldOnce(trial, record)),
    ...(await doneOutside(trial, record)),
    ...(await nothingLeft(trial)),
  ];
}

function likeReference(record: TrialRecord, reference: TrialRecord): readonly string[] {
  const roles = [...record.keys()].sort().join(', ');
  const wanted = [...reference.keys()].sort().join(', ');
  if (roles !== wanted) return [`there are the runs ${roles}, not ${wanted}`];
  const parts: readonly (keyof Likeness)[] = ['verdict', 'reason', 'bundle', 'events'];
  return [...record].flatMap(([role, { likeness }]) =>
    parts.flatMap((part) => {
      const [is, was] = [likeness[part], reference.get(role)?.likeness[part] ?? ''];
      return is === was ? [] : [`${role}: another ${part}: ${difference(is, was)}`];
    }),
  );
}

/** Where two texts part, with what is around it. */
function difference(is: string, was: string): string {
  let at = 0;
  while (at < is.length && is[at] === was[at]) at += 1;
  return `…${is.slice(Math.max(0, at - 120), at + 160)}… and not …${was.slice(Math.max(0, at - 20), at + 160)}…`;
}

const onceARun: readonly EventBody['type'][] = [
  'run.started',
  'packet.sealed',
  'verdict.decided',
  'evidence.sealed',
  'delivered',
  'run.ended',
];

function once({ run, events }: RunRecord): readonly string[] {
  const bodies = events.map(({ body }) => body);
  const completed = bodies.flatMap((body) => (body.type === 'stage.completed' ? [`${body.stage}/${body.attempt}`] : []));
  const effects = bodies.flatMap((body) => (body.type === 'effect.done' ? [body.effect] : []));
  const sha256 = (content: string | Uint8Array) => parseDigest(createHash('sha256').update(content).digest('hex'));
  const chain = verifyChain(parseRunId(run), events, sha256);
  return [
    ...onceARun.filter((type) => bodies.filter((body) => body.type === type).length !== 1).map((type) => `${type} is not there once`),
    ...twice(completed).map((stage) => `stage ${stage} was completed twice`),
    ...twice(effects).map((effect) => `effect ${effect} was done twice`),
    ...twice(events.map(({ key }) => key)).map((key) => `the key ${key} is there twice`),
    ...(chain.kind === 'intact' ? [] : [`the chain is broken at event ${chain.runSeq}: ${chain.message}`]),
  ];
}

function twice(values: readonly string[]): readonly string[] {
  return [...new Set(values.filter((value, at) => values.indexOf(value) !== at))];
}

/** In the target: one branch of one commit on the base, one evidence ref of one commit for each run, and nothing else. */
async function delivered({ house: { target }, key }: Trial, record: TrialRecord): Promise<readonly string[]> {
  const faults: string[] = [];
  const refs = await refsOf(target.path);
  const runs = [...record.values()].map(({ run }) => run);
  const found = [...refs.keys()].filter((ref) => ref.includes(key) || runs.some((run) => ref.includes(run))).sort();
  const wanted = [`refs/heads/jidoka/proof/${key}`, ...runs.map((run) => `refs/jidoka/evidence/${run}`)].sort();
  if (found.join() !== wanted.join()) faults.push(`the target has ${found.join(', ')}, not ${wanted.join(', ')}`);
  if ((await git(target.path, 'rev-list', `${target.base}..refs/heads/jidoka/proof/${key}`)).split('\n').length !== 1)
    faults.push('the branch is not one commit');
  if ((await git(target.path, 'rev-parse', 'main')) !== target.base) faults.push('main was moved');
  for (const { run, events, bundle } of record.values()) {
    const ref = `refs/jidoka/evidence/${run}`;
    const delivery = events.flatMap(({ body }) => (body.type === 'delivered' ? [body.delivery] : []))[0];
    if (delivery?.evidenceCommit !== refs.get(ref)) faults.push(`${ref} is not what the record says was delivered`);
    if (delivery?.branch !== null && delivery?.commit !== refs.get(`refs/heads/${delivery?.branch}`))
      faults.push('the branch is not what was delivered');
    if ((await git(target.path, 'rev-list', '--count', ref)) !== '1') faults.push(`${ref} is not one commit`);
    if ((await filesOfRef(target.path, ref))['bundle.json'] !== bundle.trim())
      faults.push(`${ref} holds another bundle than the evidence folder`);
  }
  return faults;
}

async function verified({ house }: Trial, record: TrialRecord): Promise<readonly string[]> {
  const asked = [...record].map(async ([role, { result }]) => {
    const { dir, head } = result.evidence;
    const found = await house.ask<Verification>(['evidence', 'verify', dir, '--head', head]);
    return found.kind === 'intact' ? [] : [`${role}: the evidence is broken at ${found.link}: ${found.message}`];
  });
  return (await Promise.all(asked)).flat();
}

/** The feed told each event of the trial once, in the order that it has for everyone. */
async function toldOnce(trial: Trial, record: TrialRecord): Promise<readonly string[]> {
  const { house } = trial;
  const runs = [...record.values()].map(({ run }) => run);
  const { rows } = await house.database.attempt((pool) =>
    pool.query<{ name: string }>(
      `select run || ' ' || run_seq || ' ' || hash as name from jidoka.event where run = any ($1) order by epoch, xid, seq`,
      [runs],
    ),
  );
  const stored = rows.map(({ name }) => name);
  // All of it is read: the last event was waited for.
  const told = trial.events().flatMap((event) => (runs.includes(event.run) ? [nameOf(event)] : []));
  const lost = stored.filter((name) => !told.includes(name));
  return [
    ...lost.map((name) => `the feed never told ${name}`),
    ...twice(told).map((name) => `the feed told ${name} twice`),
    ...(lost.length === 0 && told.join() !== stored.join() ? ['the feed told events in another order than it has now'] : []),
  ];
}

function nameOf({ run, runSeq, hash }: LedgerEvent): string {
  return `${run} ${runSeq} ${hash}`;
}

/** What was run outside was run at least once for each attempt, and no oftener than the stage was begun. */
async function doneOutside({ house, key }: Trial, record: TrialRecord): Promise<readonly string[]> {
  const tally = await house.target.tally();
  return [...record.values()].flatMap(({ run, events }) => {
    const attempts = events.flatMap(({ body }) => (body.type === 'stage.completed' && body.durationMs >= 0 ? [body.stage] : []));
    const begun = events.flatMap(({ body }) => (body.type === 'stage.started' ? [body.stage] : []));
    return commanded.flatMap((stage) => {
      const times = tally.filter(
        (deed) => deed.stage === stage && (deed.who === run || (deed.who === key && begun.includes(stage))),
      ).length;
      const [least, most] = [count(attempts, stage), count(begun, stage)];
      return times < least || times > most
        ? [`${run}: ${stage} was run ${times} times outside, begun ${most} times, completed ${least} times`]
        : [];
    });
  });
}

/** Stages that run a program which leaves a line. */
const commanded = ['change', 'left', 'right', 'first', 'second'] as const;

function count(values: readonly string[], value: string): number {
  return values.filter((each) => each === value).length;
}

/** How often a program was run beyond once for each attempt. */
export async function repeatsOutside({ house, key }: Trial, record: TrialRecord): Promise<number> {
  const runs = new Set([...record.values()].map(({ run }) => run));
  const run = (await house.target.tally()).filter(({ who }) => who === key || runs.has(who)).length;
  const owed = [...record.values()].flatMap(({ events }) =>
    events.filter(({ body }) => body.type === 'stage.completed' && commanded.some((stage) => stage === body.stage)),
  );
  return run - owed.length;
}

/** How often a stage was begun beyond once for each attempt. */
export function repeatsWithin(record: TrialRecord): number {
  const begun = [...record.values()].flatMap(({ run, events }) =>
    events.flatMap(({ body }) => (body.type === 'stage.started' ? [`${run} ${body.stage}/${body.attempt}`] : [])),
  );
  return begun.length - new Set(begun).size;
}

const endMs = 10_000;

/** No step is left, no work has failed, and no process of a workspace lives on. */
async function nothingLeft({ house, request }: Trial): Promise<readonly string[]> {
  const { rows } = await house.database.attempt((pool) =>
    pool.query<{ text: string }>(
      `select 'the step ' || work || ' ' || id || ' is left' as text from jidoka.step
        union all select 'the work ' || id || ' failed: ' || failure from jidoka.work where state = 'failed'
        union all select 'the request came to ' || output::text from jidoka.work
          where id = $1 and (state <> 'ended' or json_array_length(output -> 'runs') <> 1)`,
      [request],
    ),
  );
  return [...rows.map(({ text }) => text), ...(await jobsLeft(house))];
}

/** A program whose worker was killed comes to its own end; nobody has to wait for what it says. */
async function jobsLeft(house: Trial['house']): Promise<readonly string[]> {
  const end = Date.now() + endMs;
  for (;;) {
    const jobs = await house.jobs();
    if (jobs.length === 0) return [];
    if (Date.now() > end) return jobs.map((job) => `a process lives on: ${job}`);
    await pause(200);
  }
}
