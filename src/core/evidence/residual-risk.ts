import { playedBy } from '../line/stations.ts';
import type { TaskPacket } from '../packet/packet.ts';
import type { EventBody } from './event.ts';
import type { Fact, FactOf } from './fact.ts';
import { refusedWords } from './model-count.ts';

type Started = Extract<EventBody, { type: 'stage.started' }>;

/** Where a run worked, and what the repository had asked for there. */
export interface Surroundings {
  readonly starts: readonly Started[];
  readonly environments: readonly Extract<EventBody, { type: 'environment.read' }>[];
  readonly claims: readonly Extract<EventBody, { type: 'claim.made' }>[];
  readonly refusals: readonly Extract<EventBody, { type: 'models.refused' }>[];
}

/** Lists what a reader must still carry in mind: what could not be shown, what was reported only, and where it ran. */
export function residualRisks(packet: TaskPacket, facts: readonly Fact[], surroundings: Surroundings): string[] {
  const { starts, environments, claims, refusals } = surroundings;
  return [
    ...playedRisks(claims),
    ...refusals.map((refusal) => `In stage "${refusal.stage}" ${refusal.station} went without what it asked for. ${refusedWords(refusal)}`),
    ...factRisks(packet, facts),
    ...repositoryRisks(packet),
    ...environments.flatMap(({ unmet }) => unmet),
    ...placeRisks(starts),
  ];
}

/** What comes out of a file says nothing of what an agent would have done. */
function playedRisks(claims: Surroundings['claims']): string[] {
  const played = claims.map(({ claim }) => claim.station).filter((station) => playedBy(station) !== null);
  return [...new Set(played)].map((station) =>
    playedBy(station) === 'replay'
      ? `The station ${station} was played back from the record of another run: nobody worked, and its change is not to be merged on this evidence.`
      : `The station ${station} was played from a script: no agent and no model worked on this.`,
  );
}

function factRisks(packet: TaskPacket, facts: readonly Fact[]): string[] {
  const reportOnly = new Set(packet.validation.filter(({ demand }) => demand === 'report').map(({ check }) => check));
  const unshown = facts.filter((fact) => fact.outcome === 'unknown').map((fact) => `Not shown: ${fact.summary}`);
  const reported = facts
    .filter((fact) => fact.outcome === 'broken' && reportOnly.has(fact.check))
    .map((fact) => `Reported, not deciding: ${fact.summary}`);
  const tests = facts.filter((fact): fact is FactOf<'tests'> => fact.check === 'tests');
  const flaky = facts.filter((fact): fact is FactOf<'flakiness'> => fact.check === 'flakiness');
  return [...unshown, ...reported, ...tests.flatMap(testRisks), ...flaky.flatMap(flakyRisks)];
}

function flakyRisks({ data }: FactOf<'flakiness'>): string[] {
  const impossible = data.modes
    .filter(({ end }) => end === 'not-possible')
    .map(({ mode, why }) => `Mode ${mode} was not possible: ${why}.`);
  const short = data.notReached.length === 0 ? [] : [`The time did not suffice for: ${data.notReached.slice(0, 10).join('; ')}.`];
  const named = data.tests.some((test) => test.why !== '') ? ['A class is what the counts speak for, and no proof of a cause.'] : [];
  return [...impossible, ...short, ...laden(data.company ?? []), ...named];
}

/** From this share of the processors on, the work of others is a risk that is told. */
const much = 0.5;

function laden(company: NonNullable<FactOf<'flakiness'>['data']['company']>): string[] {
  const met = company.filter(({ busy }) => busy >= much);
  if (met.length === 0) return [];
  const told = met.map(({ mode, when, busy, processors }) => `${Math.round(busy * 100)} % of ${processors} ${when} ${mode}`);
  return [
    `Others kept the processors busy while nothing of this run was at work (${firstOf(told)}): counts of a busy machine may tell of its load.`,
  ];
}

function testRisks({ data }: FactOf<'tests'>): string[] {
  const { preExisting, flaky } = data.baseline;
  const failing = `${preExisting.length} test(s) failed before any change and do not decide: ${firstOf(preExisting)}.`;
  const unstable = `${flaky.length} test(s) differed between baseline runs and do not decide: ${firstOf(flaky)}.`;
  const reused = `The baseline was taken over from run ${data.baselineFrom}.`;
  return [
    ...(preExisting.length > 0 ? [failing] : []),
    ...(flaky.length > 0 ? [unstable] : []),
    ...(data.baselineFrom === null ? [] : [reused]),
  ];
}

function firstOf(ids: readonly string[]): string {
  return ids.length <= 3 ? ids.join(', ') : `${ids.slice(0, 3).join(', ')} and ${ids.length - 3} more`;
}

function repositoryRisks({ scope: { repository } }: TaskPacket): string[] {
  if (repository.uncommitted === 0) return [];
  return [
    `${repository.uncommitted} file(s) with uncommitted changes were not part of the run; it speaks of commit ${repository.baseCommit.slice(0, 12)}.`,
  ];
}

function placeRisks(starts: readonly Started[]): string[] {
  const unwalled = starts.map(({ where }) => where).filter(({ tier }) => tier === 'T0');
  const risks = unwalled.map(({ floor, tier, wall }) => {
    const risk = `Commands of the repository ran on floor ${floor} (${tier}): without isolation from the host.`;
    // What was sealed before 0.3 says no more, and must come out as it was.
    return wall === undefined ? risk : `${risk} No machine may merge this by itself.`;
  });
  return [...new Set(risks)];
}
