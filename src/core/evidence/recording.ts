import { z } from 'zod';
import { ReportForm } from '../station/report.ts';
import type { Deed, Script } from '../station/script.ts';
import type { EventBody, LedgerEvent } from './event.ts';
import type { BlobRef } from './fact.ts';

type Of<Type extends EventBody['type']> = Extract<EventBody, { type: Type }>;

const Written = z.object({ files: z.array(z.object({ path: z.string(), content: z.string() })) });

/**
 * Makes of a run's record what its stations can be played back from: what each handed in, and what it left in the tree as
 * the factory kept it. Null where nothing in it tells which form a station was asked for, as in runs of before 0.3.
 */
export function recordingOf(events: readonly LedgerEvent[], head: string, textOf: (blob: BlobRef) => string): Script | null {
  const [run] = events.map((event) => event.run);
  const bodies = events.map(({ body }) => body);
  const deeds: Partial<Record<ReportForm, Deed[]>> = {};
  for (const claimed of lastOfEachAttempt(bodies)) {
    const form = ReportForm.parse(claimed.form);
    deeds[form] = [...(deeds[form] ?? []), deedOf(claimed, bodies, textOf)];
  }
  return run === undefined || Object.keys(deeds).length === 0 ? null : { station: `replay:${run}`, head, deeds };
}

/** Of stations that handed over to each other, the one whose word counted. */
function lastOfEachAttempt(bodies: readonly EventBody[]): readonly Of<'claim.made'>[] {
  const byAttempt = new Map<string, Of<'claim.made'>>();
  for (const body of bodies)
    if (body.type === 'claim.made' && body.form !== undefined) byAttempt.set(`${body.stage}/${body.attempt ?? 1}`, body);
  return [...byAttempt.values()];
}

function deedOf(
  { stage, attempt = 1, claim, form }: Of<'claim.made'>,
  bodies: readonly EventBody[],
  textOf: (blob: BlobRef) => string,
): Deed {
  const isOfIt = (body: { readonly stage: string; readonly attempt?: number }): boolean =>
    body.stage === stage && (body.attempt ?? 1) === attempt;
  const report = claim.report === undefined ? {} : { report: z.json().parse(claim.report) };
  const harvested = bodies.find((body) => body.type === 'change.harvested' && isOfIt(body));
  const patch = form === 'change' && harvested?.type === 'change.harvested' ? textOf(harvested.patch) : '';
  const completed = bodies.find((body) => body.type === 'stage.completed' && isOfIt(body));
  const kept = completed?.type === 'stage.completed' ? completed.output['reproduction'] : undefined;
  const written = typeof kept === 'object' && kept !== null ? Written.parse(JSON.parse(textOf(kept))).files : [];
  return { files: Object.fromEntries(written.map(({ path, content }) => [path, content])), patch, ...report };
}
