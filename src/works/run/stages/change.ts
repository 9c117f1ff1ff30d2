import type { EventBody } from '../../../core/evidence/event.ts';
import { fact, type BlobRef, type Claim, type Fact } from '../../../core/evidence/fact.ts';
import type { Stage } from '../../../core/line/line.ts';
import type { Workspace } from '../../../core/ports/floor.ts';
import type { Change } from '../../../core/ports/forge.ts';
import type { Job, StageWork } from '../job.ts';
import { proveNoOp } from './no-op/prove.ts';
import { knownSoFar } from './station/known.ts';
import { escalation, retry } from './station/outcomes.ts';
import { withStation, type Performed as Ended } from './station/with-station.ts';

/** Lets a station change a clean checkout, and harvests what it really changed; its claim is kept apart. */
export async function change(stage: Stage, job: Job): Promise<StageWork> {
  const known = await knownSoFar(job);
  return await withStation(stage, job, { form: 'change', known: { ...known, patch: null } }, (ended) => look(stage, job, ended));
}

async function look(stage: Stage, job: Job, { claim, claimed, workspace }: Ended): Promise<StageWork> {
  const { report } = claim;
  if (report?.state === 'RETRYABLE_FAILURE') return retry(claim, claimed, report);
  if (report?.state === 'ESCALATE') return escalation(stage, claim, { claimed, report });
  const harvested = await job.needs.forge.harvest(job.packet.scope.repository, workspace);
  if (report?.state === 'NO_OP') return await proveNoOp(stage, job, { claim, claimed, report, harvested, workspace });
  return await conclude(stage, job, { claim, claimed, harvested, texts: await changedTexts(workspace, harvested) });
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
  const found = faithful ? stationFact(claim, harvested) : withSecret(claim);
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
  const invented = notChanged(claim, files);
  if (invented.length > 0) {
    const why = `The station ${claim.station} reports that it changed ${invented.join(', ')}, and did not.`;
    return fact('station', 'broken', 'false-report', why, data);
  }
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

/** Files that a report names and the harvest does not have. */
function notChanged({ report }: Claim, files: Change['files']): readonly string[] {
  if (report?.state !== 'DONE' || !('filesChanged' in report)) return [];
  const changed = new Set(files.map(({ path }) => path));
  return report.filesChanged.map((path) => path.replace(/^\.\//, '')).filter((path) => !changed.has(path));
}

/** Without a change on record there is nothing else to end with. */
function withSecret({ station, summary }: Claim): Fact {
  const why = `The station ${station} left text of the shape of a secret in its change, so that it was neither stored nor applied.`;
  return fact('station', 'broken', 'secret-in-change', why, { station, summary });
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
