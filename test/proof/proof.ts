import { boundariesOf, boundaryName, type Boundary } from './boundaries.ts';
import { chanceOf } from './chance.ts';
import { faultsOf, repeatsOutside, repeatsWithin } from './faults.ts';
import { House } from './house.ts';
import { disturb, kinds, staffOf, type Kind } from './kinds.ts';
import { recordOf, type TrialRecord } from './record.ts';
import { Trial } from './trial.ts';

/** How much is to be proved. */
export interface Extent {
  readonly seed: string;
  /** Houses that trials are made in at once. */
  readonly lanes: number;
  /** Boundaries to kill at, spread over a run: so many, or all of them. */
  readonly boundaries: number | 'all';
  /** Kills at random instants, at least. */
  readonly instants: number;
  /** Kills in one run, so far apart that each is made good before the next. */
  readonly killsPerRun: number;
  /** Trials of two workers, and of three. */
  readonly pairs: number;
  readonly triples: number;
  /** Trials of a worker that is stopped. */
  readonly stops: number;
  /** Only this one trial, as its failure named it, or null. */
  readonly only: string | null;
  readonly say: (line: string) => void;
}

/** What became of one trial. */
export interface Tried {
  readonly kind: Kind;
  readonly name: string;
  readonly kills: number;
  /** Instants at which one or several were killed or stopped. */
  readonly instants: number;
  readonly met: readonly Boundary[];
  /** Stages begun again, in the record. */
  readonly repeatsWithin: number;
  /** Programs run again, outside. */
  readonly repeatsOutside: number;
  /** From each kill to the first step that was taken over after it, in milliseconds. */
  readonly takeoversMs: readonly number[];
  readonly faults: readonly string[];
}

export interface Proof {
  readonly tried: readonly Tried[];
  /** Instants at which a run that is not disturbed comes to hold more, all of them. */
  readonly boundaries: readonly Boundary[];
  readonly postgres: string;
  /** What a house found in the end: the whole feed, and the floor. */
  readonly faults: readonly string[];
}

/** Disturbs runs in every way, as much as is asked for, and tells what became of each. */
export async function prove(extent: Extent): Promise<Proof> {
  const lanes = await Promise.all(Array.from({ length: extent.lanes }, () => openLane(extent)));
  try {
    const [first] = lanes;
    if (first === undefined) throw new Error('there is no lane');
    const plan = planOf(extent, first.boundaries).filter(({ name }) => extent.only === null || extent.only === name);
    if (plan.length === 0) throw new Error(`there is no trial ${extent.only}`);
    const tried: Tried[] = [];
    await Promise.all(lanes.map((lane) => work(lane, plan, { extent, tried })));
    const faults = (await Promise.all(lanes.map(closingFaults))).flat();
    return { tried, boundaries: first.boundaries, postgres: first.house.database.version, faults };
  } finally {
    await Promise.all(lanes.map(({ house }) => house.close()));
  }
}

/** A house with the run that all others there are held against. */
interface Lane {
  readonly house: House;
  readonly reference: TrialRecord;
  readonly boundaries: readonly Boundary[];
  readonly wholeMs: number;
}

async function openLane({ seed }: Extent): Promise<Lane> {
  const house = await House.open();
  try {
    await new Trial(house, 'first', chanceOf(seed)).leaveBaseline();
    const trial = new Trial(house, 'reference', chanceOf(seed));
    const startedMs = performance.now();
    await trial.live(1, async () => undefined);
    const wholeMs = performance.now() - startedMs;
    const reference = await recordOf(trial);
    const faults = await faultsOf(trial, reference, reference);
    if (faults.length > 0) throw new Error(`a run that nobody disturbs has faults: ${faults.join('\n')}`);
    return { house, reference, boundaries: await boundariesOf(house.database, trial.cast), wholeMs };
  } catch (error) {
    await house.close();
    throw error;
  }
}

interface Planned {
  readonly kind: Kind;
  /** 'instants:12' */
  readonly name: string;
  readonly boundaries: readonly Boundary[];
  readonly kills: number;
  readonly at: number;
}

function planOf(extent: Extent, all: readonly Boundary[]): Planned[] {
  const { killsPerRun } = extent;
  const spread = extent.boundaries === 'all' ? all : all.filter((_, at) => at % Math.ceil(all.length / Number(extent.boundaries)) === 0);
  const runs = Math.ceil(spread.length / killsPerRun);
  const groups = Array.from({ length: runs }, (_, at) => spread.filter((_each, index) => index % runs === at));
  const counts: Readonly<Record<Exclude<Kind, 'worker-events' | 'database-events'>, number>> = {
    instants: Math.ceil(extent.instants / killsPerRun),
    'two-workers': extent.pairs,
    'three-workers': extent.triples,
    'stopped-worker': extent.stops,
  };
  return kinds.flatMap((kind): Planned[] => {
    if (kind === 'worker-events' || kind === 'database-events')
      return groups.map((boundaries, at) => ({ kind, name: `${kind}:${at}`, boundaries, kills: boundaries.length, at }));
    return Array.from({ length: counts[kind] }, (_, at) => ({
      kind,
      name: `${kind}:${at}`,
      boundaries: [],
      kills: killsOf(kind, at, extent),
      at,
    }));
  });
}

/** Every other run of two workers loses only one. */
function killsOf(kind: Kind, at: number, { killsPerRun }: Extent): number {
  if (kind === 'instants') return killsPerRun;
  return kind === 'two-workers' && at % 2 === 1 ? 1 : 2;
}

interface Round {
  readonly extent: Extent;
  readonly tried: Tried[];
}

async function work(lane: Lane, plan: Planned[], { extent, tried }: Round): Promise<void> {
  for (let next = plan.shift(); next !== undefined; next = plan.shift()) {
    const startedMs = performance.now();
    const result = await tryOnce(lane, next, extent.seed);
    tried.push(result);
    // An instant that had passed already is tried once more, in a run of its own.
    const missed = next.boundaries.filter((boundary) => !result.met.includes(boundary));
    if (result.faults.length === 0 && extent.only === null && !next.name.endsWith('+'))
      plan.push(...missed.map((boundary) => ({ ...next, name: `${next.name}+`, boundaries: [boundary] })));
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    extent.say(`${result.faults.length === 0 ? 'ok' : 'FAILED'} ${next.name} ${seconds} s, ${result.kills} kills`);
    for (const fault of result.faults) extent.say(`  ${fault}`);
  }
}

async function tryOnce(lane: Lane, { kind, name, boundaries, kills, at: turn }: Planned, seed: string): Promise<Tried> {
  const { house, reference, wholeMs } = lane;
  const trial = new Trial(house, keyOf(name), chanceOf(`${seed} ${name}`));
  const tried = { kind, name, met: trial.met };
  const nothing = { repeatsWithin: 0, repeatsOutside: 0, takeoversMs: [] };
  try {
    await trial.live(staffOf[kind], (each) => disturb(kind, each, { wholeMs, boundaries, kills, at: turn }));
    const record = await recordOf(trial);
    const faults = [...(await faultsOf(trial, record, reference)), ...(await house.deadWorkers())];
    const repeats = { repeatsWithin: repeatsWithin(record), repeatsOutside: await repeatsOutside(trial, record) };
    return { ...tried, ...repeats, kills: trial.kills.length, instants: trial.instants, takeoversMs: takeovers(trial, record), faults };
  } catch (error) {
    const at = boundaries.length === 0 ? '' : `, killed at ${boundaries.map(boundaryName).join(', ')}`;
    return {
      ...tried,
      ...nothing,
      kills: trial.kills.length,
      instants: trial.instants,
      faults: [`${error instanceof Error ? (error.stack ?? '') : String(error)}${at}`],
    };
  }
}

/** In no other key, so that one text can be put in the place of it. */
function keyOf(name: string): string {
  return `trial-${name.replaceAll(/[^a-z0-9]+/g, '-').replace(/-$/, 'x')}`;
}

/** Times are of one machine: that of the kill and that of the event. */
function takeovers({ kills }: Trial, record: TrialRecord): readonly number[] {
  const taken = [...record.values()].flatMap(({ events }) =>
    events.flatMap(({ at, body }) => (body.type === 'step.reclaimed' ? [Date.parse(at)] : [])),
  );
  const ofKill = kills.map(({ atMs, victim }, index) => {
    const nextMs = kills[index + 1]?.atMs ?? Number.POSITIVE_INFINITY;
    return victim === 'postmaster' ? [] : taken.filter((ms) => ms >= atMs && ms < nextMs).map((ms) => ms - atMs);
  });
  return ofKill.flatMap((each) => (each.length === 0 ? [] : [Math.min(...each)]));
}

/** Once all is done: the feed told everything once and in order, and a worker that starts clears the floor. */
async function closingFaults({ house }: Lane): Promise<readonly string[]> {
  await house.staff(0);
  await house.staff(1);
  return [...(await house.feedFaults()), ...(await house.floorFaults())];
}
