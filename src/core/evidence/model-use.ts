import { z } from 'zod';
import type { EventBody, LedgerEvent } from './event.ts';
import type { ModelCount } from './model-count.ts';
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
  /** Where the factory's own gateway counted, and not the station or its provider. */
  counted: z
    .strictObject({
      calls: z.number(),
      /** Calls whose tokens are a guess. */
      estimatedCalls: z.number(),
      /** Oldest date of the price lists; null where none went into it. */
      asOf: z.string().nullable(),
      /** What caches of providers saved, in US dollars. */
      savedUsd: z.number(),
    })
    .optional(),
});
export type ModelUse = z.infer<typeof ModelUse>;

/** Money spent on models, as far as anybody tells; `usd` is null where somebody called one and does not tell. */
export interface ModelCost {
  readonly usd: number | null;
  readonly basis: string;
}

type Of<Type extends EventBody['type']> = Extract<EventBody, { type: Type }>;

/** What was taken of models: as the factory's own gateway counted it, else as stations told, in the order of the ledger. */
export function modelUses(events: readonly LedgerEvent[]): ModelUse[] {
  return countsIn(events)?.map(useOf) ?? toldUses(events);
}

function toldUses(events: readonly LedgerEvent[]): ModelUse[] {
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
  const refused = refusedIn(events);
  // Whoever asked a model was counted where there is a gateway, and where it refused whatever was asked there is one too.
  const silent = countsIn(events) === null && refused.size === 0 ? silentStations(events) : [];
  const played = [...new Set(claimsIn(events).map(({ claim }) => claim.station))].filter((station) => playedBy(station) !== null);
  const words = [
    ...[...new Set(uses.map(({ station }) => station))].map((station) =>
      wordsOf(
        station,
        uses.filter((use) => use.station === station),
      ),
    ),
    ...silent.map((station) => `${station}: nothing is told of the models that it may have called`),
    ...[...refused].map(([station, calls]) => `${station}: a budget refused ${calls === 1 ? '1 call' : `${calls} calls`}`),
    ...played.map((station) => `${station} was played`),
  ];
  const costs = uses.map(({ usage }) => usage.costUsd);
  const isKnown = silent.length === 0 && costs.every((cost) => cost !== null);
  const usd = isKnown ? costs.reduce((sum: number, cost) => sum + (cost ?? 0), 0) : null;
  if (uses.length + silent.length > 0) return { usd, basis: words.join('; ') };
  return { usd: 0, basis: ['no model was called', ...words].join('; ') };
}

function countsIn(events: readonly LedgerEvent[]): readonly ModelCount[] | null {
  const found = events.map(({ body }) => body).findLast((body): body is Of<'models.counted'> => body.type === 'models.counted');
  return found?.counts ?? null;
}

/** By station, how many calls budgets refused. */
function refusedIn(events: readonly LedgerEvent[]): ReadonlyMap<string, number> {
  const refused = new Map<string, number>();
  for (const { body } of events)
    if (body.type === 'models.refused') refused.set(body.station, (refused.get(body.station) ?? 0) + body.calls);
  return refused;
}

function useOf({ stage, station, model, usage, ...count }: ModelCount): ModelUse {
  const { input, cacheRead, cacheWrite5m, cacheWrite1h, output, reasoning } = usage;
  const { calls, estimatedCalls, asOf, microUsd, unpricedCalls, savedMicroUsd } = count;
  const costUsd = unpricedCalls > 0 ? null : microUsd / 1e6;
  return {
    stage: stage ?? '',
    station,
    usage: { model, input, cacheRead, cacheWrite: cacheWrite5m + cacheWrite1h, output: output + reasoning, reasoning, costUsd },
    counted: { calls, estimatedCalls, asOf, savedUsd: savedMicroUsd / 1e6 },
  };
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
  const tokens = `${sum(({ input, cacheWrite }) => input + cacheWrite)} tokens in${cached === 0 ? '' : `, ${cached} out of a cache`}, ${sum(({ output }) => output)} out${guessIn(uses)}`;
  const isPriced = uses.every(({ usage }) => usage.costUsd !== null);
  const price = isPriced ? `${dollars(sum(({ costUsd }) => costUsd ?? 0))} by ${listOf(uses)}` : 'no price told';
  return `${station}${models.length === 0 ? '' : ` (${models.join(', ')})`}: ${tokens}, ${price}`;
}

/** How many calls' tokens are a guess, as of one that was lost with its gateway; '' where none are, or nobody counted calls. */
function guessIn(uses: readonly ModelUse[]): string {
  const { calls, guessed } = countedCalls(uses);
  return guessed === 0 ? '' : ` (a guess in ${guessed} of ${calls === 1 ? '1 call' : `${calls} calls`})`;
}

/** Calls that the factory's own gateway counted, and those of them whose tokens are a guess. */
export function countedCalls(uses: readonly ModelUse[]): { readonly calls: number; readonly guessed: number } {
  const counted = uses.flatMap((use) => use.counted ?? []);
  const sum = (of: (one: (typeof counted)[number]) => number): number => counted.reduce((total, one) => total + of(one), 0);
  return { calls: sum(({ calls }) => calls), guessed: sum(({ estimatedCalls }) => estimatedCalls) };
}

function dollars(usd: number): string {
  return `${Number(usd.toFixed(6))} USD`;
}

/** Whose price list it was; and what caches saved, where the factory's gateway counted. */
function listOf(uses: readonly ModelUse[]): string {
  const counted = uses.flatMap((use) => use.counted ?? []);
  if (counted.length < uses.length) return 'its own price list';
  const [asOf] = counted.flatMap(({ asOf: date }) => date ?? []).toSorted();
  const saved = counted.reduce((sum, { savedUsd }) => sum + savedUsd, 0);
  return `the price list of ${asOf ?? 'no date'}${saved === 0 ? '' : `, ${dollars(saved)} saved by caches`}`;
}
