import { z } from 'zod';
import type { EventBody, LedgerEvent } from './event.ts';
import type { ModelUsage } from './fact.ts';
import { playedBy } from '../line/stations.ts';

const Count = z.number().nullable();

/** What one claim's station took of models, by its own count. */
export const ModelUse = z.strictObject({
  stage: z.string(),
  station: z.string(),
  usage: z.strictObject({
    model: z.string().nullable(),
    input: z.number(),
    cacheRead: z.number(),
    cacheWrite: z.number(),
    output: z.number(),
    reasoning: Count,
    costUsd: Count,
  }),
});
export type ModelUse = z.infer<typeof ModelUse>;

/** Money spent on models, as far as anybody tells; `usd` is null where somebody called one and does not tell. */
export interface ModelCost {
  readonly usd: number | null;
  readonly basis: string;
}

type Of<Type extends EventBody['type']> = Extract<EventBody, { type: Type }>;

/** What stations told of the models that they called, in the order of the ledger. */
export function modelUses(events: readonly LedgerEvent[]): ModelUse[] {
  return claimsIn(events).flatMap(({ stage, claim: { station, usage } }) =>
    usage === undefined ? [] : [{ stage, station, usage: { ...usage } }],
  );
}

/**
 * Says what a run spent on models, from what is on record of it: who counted is named, and so is whoever may have called
 * one and does not count. Nobody's count is believed more than that.
 */
export function modelCost(events: readonly LedgerEvent[]): ModelCost {
  const uses = modelUses(events);
  const silent = silentStations(events);
  const played = [...new Set(claimsIn(events).map(({ claim }) => claim.station))].filter((station) => playedBy(station) !== null);
  const words = [
    ...[...new Set(uses.map(({ station }) => station))].map((station) =>
      wordsOf(
        station,
        uses.filter((use) => use.station === station),
      ),
    ),
    ...silent.map((station) => `${station}: nothing is told of the models that it may have called`),
    ...played.map((station) => `${station} was played`),
  ];
  const costs = uses.map(({ usage }) => usage.costUsd);
  const isKnown = silent.length === 0 && costs.every((cost) => cost !== null);
  const usd = isKnown ? costs.reduce((sum: number, cost) => sum + (cost ?? 0), 0) : null;
  if (uses.length + silent.length > 0) return { usd, basis: words.join('; ') };
  return { usd: 0, basis: ['no model was called', ...words].join('; ') };
}

function claimsIn(events: readonly LedgerEvent[]): readonly Of<'claim.made'>[] {
  return events.map(({ body }) => body).filter((body): body is Of<'claim.made'> => body.type === 'claim.made');
}

/** What says that no model was reached at all. */
const neverBegan: ReadonlySet<string> = new Set(['agent-missing', 'gateway-missing', 'agent-spawn', 'program-not-started']);

/** Stations that may have called models and told nothing of it: in a claim, or because they were ended before they made one. */
function silentStations(events: readonly LedgerEvent[]): readonly string[] {
  const claims = claimsIn(events);
  const claimed = new Set(claims.map(({ stage }) => stage));
  const mute = claims.filter(({ claim }) => claim.usage === undefined && !neverBegan.has(claim.code)).map(({ claim }) => claim.station);
  const begun = events.flatMap(({ body }) => (body.type === 'workspace.opened' && !claimed.has(body.stage) ? [body.stage] : []));
  const cut = events.flatMap(({ body }) =>
    body.type === 'stage.started' && begun.includes(body.stage) ? [body.where.harness?.name ?? 'mechanic'] : [],
  );
  return [...new Set([...mute, ...cut])].filter((station) => station !== 'mechanic' && playedBy(station) === null);
}

function wordsOf(station: string, uses: readonly ModelUse[]): string {
  const sum = (of: (usage: ModelUsage) => number): number => uses.reduce((total, { usage }) => total + of(usage), 0);
  const models = [...new Set(uses.flatMap(({ usage }) => usage.model ?? []))];
  const cached = sum(({ cacheRead }) => cacheRead);
  const tokens = `${sum(({ input, cacheWrite }) => input + cacheWrite)} tokens in${cached === 0 ? '' : `, ${cached} out of a cache`}, ${sum(({ output }) => output)} out`;
  const isPriced = uses.every(({ usage }) => usage.costUsd !== null);
  const price = isPriced ? `${Number(sum(({ costUsd }) => costUsd ?? 0).toFixed(6))} USD by its own price list` : 'no price told';
  return `${station}${models.length === 0 ? '' : ` (${models.join(', ')})`}: ${tokens}, ${price}`;
}
