import { isJidokaError, JidokaError } from '../../../core/base/error.ts';
import type { Json } from '../../../core/base/json.ts';
import type { EventBody } from '../../../core/evidence/event.ts';
import { fact, type BlobRef, type Claim, type Fact } from '../../../core/evidence/fact.ts';
import type { Stage } from '../../../core/line/line.ts';
import { attemptOf } from '../../../core/line/state.ts';
import type { Workspace } from '../../../core/ports/floor.ts';
import type { Change } from '../../../core/ports/forge.ts';
import type { Station } from '../../../core/ports/station.ts';
import { append } from '../record/append.ts';
import { using, withCheckout } from '../checkout.ts';
import { parseDuration } from '../../../core/line/duration.ts';
import type { Job, StageWork } from '../job.ts';
import { timeoutOf } from './tree-job.ts';

/** Lets a station change a clean checkout, and harvests what it really changed; its claim is kept apart. */
export async function change(stage: Stage, job: Job): Promise<StageWork> {
  const station = stationOf(stage, job);
  const left = await leftBehind(stage, job);
  if (left === null) return await withCheckout(stage, job, (workspace) => perform(stage, job, { station, workspace, handle: null }));
  const { workspace, handle } = left;
  job.note(`${stage.id}: going on with what the station ${station.name} had begun.`);
  return await using(workspace, { stage, job }, () => perform(stage, job, { station, workspace, handle }));
}

/** The workspace in which a station was started by a process that died since, if it still is on this machine. */
async function leftBehind(stage: Stage, job: Job): Promise<{ readonly workspace: Workspace; readonly handle: Json } | null> {
  const { ledger } = job.needs;
  const attempt = attemptOf(job.state, stage.id);
  const events = await ledger.read(job.run);
  const ofThis = events.map(({ body }) => body).filter((body) => body.type === 'station.started');
  const started = ofThis.findLast((body) => body.stage === stage.id && body.attempt === attempt);
  const workspace = started === undefined ? null : await adopted(started, job);
  return started === undefined || workspace === null ? null : { workspace, handle: started.handle };
}

type Begun = Extract<EventBody, { type: 'station.started' }>;

/** One that is held by a process that lost the step and lives on, or stands still, is let be: the station is begun anew. */
async function adopted({ workspace: name, ref }: Begun, job: Job): Promise<Workspace | null> {
  try {
    const { floor } = job.needs;
    const found = await floor.attach(ref ?? { floor: floor.kind, host: '', name });
    // An empty one in its place would look like what it was about to become.
    if (found.kind === 'unreachable') throw unreachable(name, found.why);
    return found.kind === 'gone' ? null : found.workspace;
  } catch (error) {
    if (!isJidokaError(error) || error.code !== 'workspace-failed') throw error;
    job.note(`What had been begun cannot be gone on with: ${error.message}`);
    return null;
  }
}

function unreachable(name: string, why: string): JidokaError {
  return new JidokaError('floor-unreachable', `The workspace ${name}, in which a station was started, cannot be reached: ${why}`, {
    mend: 'Bring its host back and resume the run, or remove the workspace with `jidoka floor reap` there and run it again.',
  });
}

interface Performance {
  readonly station: Station;
  readonly workspace: Workspace;
  readonly handle: Json | null;
}

async function perform(stage: Stage, job: Job, { station, workspace, handle }: Performance): Promise<StageWork> {
  const { packet, signal, note, state } = job;
  const objections = state.reworks.map(({ from, objection }) => `${from}: ${objection}`);
  // A rejection's note is in its objection already.
  const feedback = [...objections, ...state.notes.filter((said) => !objections.some((objection) => objection.includes(said)))];
  const attempt = attemptOf(state, stage.id);
  const remember = async (found: Json): Promise<void> => {
    const body = {
      type: 'station.started',
      stage: stage.id,
      attempt,
      station: station.name,
      workspace: workspace.name,
      ref: workspace.ref,
      handle: found,
    } as const;
    await append(job, [[`${stage.id}/${attempt}/station/${job.step.token}`, body]]);
  };
  const limits = { timeoutMs: timeoutOf(stage), stallMs: stage.stall === undefined ? null : parseDuration(stage.stall) };
  const claim = await station.perform({ packet, workspace, signal, run: stage.run ?? [], feedback, ...limits, handle, remember, note });
  job.signal.throwIfAborted();
  const claimed: EventBody = { type: 'claim.made', stage: stage.id, claim };
  if (claim.says === 'failed' && claim.failure !== undefined)
    return { kind: 'failed', class: claim.failure, command: station.name, message: claim.summary, events: [claimed], logs: claim.logs };
  const harvested = await job.needs.forge.harvest(packet.scope.repository, workspace);
  return await conclude(stage, job, { claim, claimed, harvested, texts: await changedTexts(workspace, harvested) });
}

function stationOf(stage: Stage, job: Job): Station {
  const station = job.needs.stations.get(stage.station ?? '');
  if (station !== undefined) return station;
  const known = [...job.needs.stations.keys()].join(', ');
  throw new JidokaError(
    'line-invalid',
    `Stage "${stage.id}" of line "${job.input.line.name}" names the station "${stage.station ?? ''}", which this factory does not have.`,
    {
      mend: `Name one of: ${known}.`,
    },
  );
}

interface Performed {
  readonly claim: Claim;
  readonly claimed: EventBody;
  readonly harvested: Change;
  readonly texts: Readonly<Record<string, string>>;
}

/** Texts of the changed files as the station left them; what the workspace refuses to read is left out, and then counts as unread. */
async function changedTexts(workspace: Workspace, { files }: Change): Promise<Readonly<Record<string, string>>> {
  const read = files.map(async ({ path }) => [path, await workspace.files.read(path).catch(() => null)] as const);
  return Object.fromEntries((await Promise.all(read)).filter((entry): entry is readonly [string, string] => entry[1] !== null));
}

async function conclude(stage: Stage, job: Job, { claim, claimed, harvested, texts }: Performed): Promise<StageWork> {
  const patch = await job.needs.blobs.put(harvested.patch, { label: 'patch', mediaType: 'text/x-patch' });
  const faithful = harvested.patch === '' || (await job.needs.blobs.text(patch.sha256)) === harvested.patch;
  const found = stationFact(claim, harvested);
  const facts: readonly Fact[] = faithful ? [found] : [found, secretInPatch()];
  const ready = found.outcome === 'holds' && faithful;
  const harvestedEvent: EventBody = { type: 'change.harvested', stage: stage.id, patch, files: harvested.files };
  const changed = await job.needs.blobs.put(JSON.stringify(texts), { label: 'changed files', mediaType: 'application/json' });
  const output: Record<string, BlobRef> = ready ? { patch, changed } : {};
  return {
    kind: 'ended',
    outcome: ready ? 'done' : 'settled',
    summary: found.summary,
    events: [
      claimed,
      ...(faithful ? [harvestedEvent] : []),
      ...facts.map((each): EventBody => ({ type: 'fact.found', stage: stage.id, fact: each })),
    ],
    output,
  };
}

/** Holds a station's claim against what the factory harvested. */
function stationFact(claim: Claim, { files }: Change): Fact {
  const data = { station: claim.station, summary: claim.summary };
  switch (claim.says) {
    case 'changed':
      return files.length > 0
        ? fact('station', 'holds', 'changed', `The station ${claim.station} changed ${files.map((file) => file.path).join(', ')}.`, data)
        : fact(
            'station',
            'broken',
            'claim-without-change',
            `The station ${claim.station} says it changed something, but the tree is as it was: ${claim.summary}`,
            data,
          );
    case 'no-op':
      return fact('no-op', 'broken', claim.code, `The station ${claim.station} says nothing is owed (${claim.code}): ${claim.summary}`, {
        rule: claim.code,
        proof: [],
      });
    case 'escalate':
      return fact('station', 'broken', claim.code, claim.summary, data);
    case 'failed':
      return fact('station', 'broken', 'station-failed', `The station ${claim.station} failed: ${claim.summary}`, data);
  }
}

function secretInPatch(): Fact {
  return fact(
    'secrets',
    'broken',
    'secret-in-change',
    'The patch holds text of the shape of a secret, so it was neither stored nor applied.',
    { findings: [], linesScanned: 0 },
  );
}
