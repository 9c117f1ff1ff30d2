import { describe, expect, it } from 'vitest';
import type { TaskPacket } from '../packet/packet.ts';
import { fact, type FactData } from './fact.ts';
import { residualRisks } from './residual-risk.ts';

const packet = {
  validation: [],
  scope: { repository: { uncommitted: 0, baseCommit: 'c' } },
} as unknown as TaskPacket; // nothing else of it is asked for

const risksOf = (company: FactData['flakiness']['company']): readonly string[] => {
  const data = { runner: 'mocha', rate: 0.05, wanted: 60, tests: [], modes: [], notReached: [] };
  const found = fact('flakiness', 'holds', 'never-fails', 'No.', company === undefined ? data : { ...data, company });
  return residualRisks(packet, [found], { starts: [], environments: [], claims: [], refusals: [] });
};

describe('the residual risk of a triage', () => {
  it('tells that others kept the machine busy, by how much and when', () => {
    const [risk, ...more] = risksOf([
      { mode: 'suite', when: 'before', busy: 0.04, processors: 2 },
      { mode: 'suite', when: 'after', busy: 0.87, processors: 2 },
      { mode: 'load', when: 'before', busy: 1, processors: 2 },
    ]);
    expect(risk).toContain('87 % of 2 after suite, 100 % of 2 before load');
    expect(more).toEqual([]);
  });

  it('says nothing of a calm machine, and of one that was not looked at', () => {
    expect(risksOf([{ mode: 'suite', when: 'before', busy: 0.49, processors: 2 }])).toEqual([]);
    expect(risksOf([])).toEqual([]);
    expect(risksOf(undefined)).toEqual([]);
  });
});

describe('the residual risk of a run whose budget was used up', () => {
  it('tells which station went without what it asked for', () => {
    const refused = { type: 'models.refused', stage: 'change', attempt: 1, station: 'command', calls: 1, answeredAfter: false } as const;
    const refusals = [{ ...refused, sentence: 'The budget of run x has no room for this call: so.' }];
    expect(residualRisks(packet, [], { starts: [], environments: [], claims: [], refusals })).toEqual([
      'In stage "change" command went without what it asked for. A budget refused 1 call of models: The budget of run x has no room for this call: so.',
    ]);
  });
});
