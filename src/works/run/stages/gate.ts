import { JidokaError } from '../../../core/base/error.ts';
import type { Stage } from '../../../core/line/line.ts';
import { attemptOf } from '../../../core/line/state.ts';
import { parseDuration } from '../../../core/line/duration.ts';
import { gateDigest } from '../gate-digest.ts';
import { blobOf, type Job, type StageWork } from '../job.ts';

/** Opens a gate: from here on the run rests, and holds nothing, until a person answers or the time is over. */
export async function gate(stage: Stage, job: Job): Promise<StageWork> {
  const { gate: asked } = stage;
  if (asked === undefined)
    throw new JidokaError('line-invalid', `Stage "${stage.id}" is a gate without a question.`, {
      mend: 'Give it "gate:" in the line file.',
    });
  const occasion = asked.when === undefined ? '' : await changedAssertions(job);
  if (occasion === null)
    return { kind: 'ended', outcome: 'done', summary: 'There is no occasion to ask: no assertion was changed.', events: [], output: {} };
  const attempt = attemptOf(job.state, stage.id);
  const openedAt = job.needs.clock.now();
  const expiresAt = new Date(Date.parse(openedAt) + parseDuration(asked.expires)).toISOString();
  const digest = gateDigest(job.input.line, stage.id, await job.needs.ledger.read(job.run), job.needs.sha256);
  const name = `${job.run}/${stage.id}/${attempt}`;
  const { roles, choices } = asked;
  const question = `${asked.question}${occasion}`;
  const opened = {
    type: 'gate.opened',
    stage: stage.id,
    attempt,
    gate: name,
    question,
    digest,
    roles,
    choices,
    openedAt,
    expiresAt,
  } as const;
  return { kind: 'waits', summary: `Waits for ${roles.join(' or ')}: ${question}`, events: [opened] };
}

/** The assertions that the change edits, for whoever is asked; null where it edits none, or where nobody could approve all that it does. */
async function changedAssertions(job: Job): Promise<string | null> {
  const { blobs } = job.needs;
  const [patch, changed] = [blobOf(job, 'patch'), blobOf(job, 'changed')];
  if (patch === null || changed === null) return null;
  const { approvable } = await import('./inspection/read-change.ts'); // parsers come with it
  const { scanChange } = await import('../../inspection/tamper/index.ts');
  const texts = JSON.parse(await blobs.text(changed.sha256)) as Record<string, string>; // written by the stage of the change
  const change = { patch: await blobs.text(patch.sha256) };
  const base = { forge: job.needs.forge, repository: job.packet.scope.repository };
  const findings = approvable(await scanChange(base, change, new Map(Object.entries(texts))));
  if (findings.length === 0) return null;
  const named = findings.slice(0, 5).map(({ file, line, message }) => ` ${file}:${line}: ${message}.`);
  return `${named.join('')}${findings.length > 5 ? ` And ${findings.length - 5} more.` : ''}`;
}
