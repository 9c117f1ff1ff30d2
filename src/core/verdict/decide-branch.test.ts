import { describe, expect, it } from 'vitest';
import { samplePacket } from '../../../kit/evidence/index.ts';
import { fact, type Fact } from '../evidence/fact.ts';
import type { TaskPacket } from '../packet/packet.ts';
import { decide } from './decide.ts';

const { source } = samplePacket;
const side = { ref: 'main', commit: 'b'.repeat(40) };
const packet: TaskPacket = {
  ...samplePacket,
  source: {
    kind: 'branch',
    line: 'review',
    key: 'x',
    repository: source.repository,
    scope: 'all',
    actor: 'ada',
    trusted: false,
    head: side,
    base: side,
  },
  validation: [
    { check: 'secrets', demand: 'must-hold', rule: '' },
    { check: 'coverage', demand: 'report', rule: '' },
  ],
  noOpRules: [{ code: 'nothing-to-object', statement: 'Nothing.', proof: 'checks' }],
};
const secrets = (outcome: Fact['outcome']): Fact =>
  fact('secrets', outcome, 'secret-added', 'A secret.', {
    findings: [{ rule: 'secret-github', file: 'a.js', line: 3, message: 'a token' }],
    linesScanned: 1,
  });
const idle = fact('no-op', 'holds', 'nothing-to-object', 'Nothing.', { rule: 'nothing-to-object', proof: ['secrets'] });
const outage = (kind: 'registry' | 'environment'): Fact =>
  fact('environment', 'broken', kind, 'npm said 500.', { class: kind, attempts: 3, command: 'npm ci' });

describe('a branch', () => {
  it.each<[string, Fact[], string, string]>([
    ['nothing stands against it, and that is proved', [secrets('holds'), idle], 'NO_OP', 'nothing-to-object'],
    ['something stands against it', [secrets('broken')], 'ESCALATE', 'findings'],
    ['something stands against it, whatever is claimed to be proved', [secrets('broken'), idle], 'ESCALATE', 'findings'],
    ['something was found before the surroundings failed', [secrets('broken'), outage('registry')], 'ESCALATE', 'findings'],
    ['only the surroundings failed', [secrets('holds'), outage('registry')], 'RETRYABLE_FAILURE', 'registry'],
    ['its base does not install', [secrets('holds'), outage('environment')], 'ESCALATE', 'environment'],
    ['a demanded check was not made', [], 'ESCALATE', 'review-incomplete'],
    ['a stage did not come to its end', [secrets('holds')], 'ESCALATE', 'review-incomplete'],
  ])('of which %s', (_, facts, verdict, code) => {
    expect(decide(packet, { facts, change: 'present' })).toMatchObject({ verdict, reason: { code } });
  });

  it('is never ready to be delivered', () => {
    for (const change of ['present', 'absent'] as const)
      expect(decide(packet, { facts: [secrets('holds')], change }).verdict).not.toBe('PR_READY');
  });

  it('is told with the place of the first finding and the number of all', () => {
    expect(decide(packet, { facts: [secrets('broken')], change: 'present' }).reason.message).toBe(
      '1 finding stands against it. First, of secrets: a.js:3: a token',
    );
  });
});
