import { JidokaError } from '../../../core/base/error.ts';
import type { Stage } from '../../../core/line/line.ts';
import { attemptOf } from '../../../core/line/state.ts';
import { parseDuration } from '../../../core/line/duration.ts';
import { gateDigest } from '../gate-digest.ts';
import type { Job, StageWork } from '../job.ts';

/** Opens a gate: from here on the run rests, and holds nothing, until a person answers or the time is over. */
export async function gate(stage: Stage, job: Job): Promise<StageWork> {
  const { gate: asked } = stage;
  if (asked === undefined)
    throw new JidokaError('line-invalid', `Stage "${stage.id}" is a gate without a question.`, {
      mend: 'Give it "gate:" in the line file.',
    });
  const attempt = attemptOf(job.state, stage.id);
  const openedAt = job.needs.clock.now();
  const expiresAt = new Date(Date.parse(openedAt) + parseDuration(asked.expires)).toISOString();
  const digest = gateDigest(job.input.line, stage.id, await job.needs.ledger.read(job.run), job.needs.sha256);
  const name = `${job.run}/${stage.id}/${attempt}`;
  const { question, roles, choices } = asked;
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
