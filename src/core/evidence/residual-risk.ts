import type { TaskPacket } from '../packet/packet.ts';
import type { EventBody } from './event.ts';
import type { Fact, FactOf } from './fact.ts';

type Started = Extract<EventBody, { type: 'stage.started' }>;

/** Lists what a reader must still carry in mind: what could not be shown, what was reported only, and where it ran. */
export function residualRisks(packet: TaskPacket, facts: readonly Fact[], starts: readonly Started[]): string[] {
  return [...factRisks(packet, facts), ...repositoryRisks(packet), ...placeRisks(starts)];
}

function factRisks(packet: TaskPacket, facts: readonly Fact[]): string[] {
  const reportOnly = new Set(packet.validation.filter(({ demand }) => demand === 'report').map(({ check }) => check));
  const unshown = facts.filter((fact) => fact.outcome === 'unknown').map((fact) => `Not shown: ${fact.summary}`);
  const reported = facts
    .filter((fact) => fact.outcome === 'broken' && reportOnly.has(fact.check))
    .map((fact) => `Reported, not deciding: ${fact.summary}`);
  const tests = facts.filter((fact): fact is FactOf<'tests'> => fact.check === 'tests');
  return [...unshown, ...reported, ...tests.flatMap(testRisks)];
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
  const places = new Set(starts.map(({ where }) => `${where.floor} (${where.tier})`));
  return [...places]
    .filter((place) => place.endsWith('(T0)'))
    .map((place) => `Commands of the repository ran on floor ${place}: without isolation from the host.`);
}
