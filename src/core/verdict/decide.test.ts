import { describe, expect, it } from 'vitest';
import { samplePacket } from '../../../kit/evidence/index.ts';
import { fact, type Claim, type Fact } from '../evidence/fact.ts';
import { decide, type Observed } from './decide.ts';

const installed = fact('install', 'holds', 'installed', 'Installed.', { rung: 'npm ci', tried: [], durationMs: 1 });
const notInstalled = fact('install', 'broken', 'install-failed', 'npm ci failed.', { rung: 'none', tried: [], durationMs: 1 });
const api = fact('public-api', 'broken', 'api-changed', 'An export is gone.', { entries: [], removed: ['x'], changed: [], added: [] });
const engines = (outcome: Fact['outcome']): Fact =>
  fact('engines', outcome, 'engine-refused', 'Wants Node 99.', { node: '20', refused: ['ms'] });
const by = (station: string): Fact => fact('station', 'holds', 'changed', 'It changed a.', { station, summary: 'Done.' });
const reviewBy = (station: string): Fact => fact('review', 'holds', 'review-approves', 'It approves.', { station, findings: [] });
const noOp = (outcome: Fact['outcome'], rule: string, proof: string[]): Fact =>
  fact('no-op', outcome, rule, 'It is there.', { rule, proof });
const stopped = (kind: 'registry' | 'environment'): Fact =>
  fact('environment', 'broken', kind, 'npm said 500.', { class: kind, attempts: 3, command: 'npm ci' });

describe('decide', () => {
  it.each<[string, Observed, string, string]>([
    ['all deciding checks hold', { facts: [installed], change: 'present' }, 'PR_READY', 'validated'],
    ['a station was played from a script', { facts: [installed, by('script:slugs')], change: 'present' }, 'PR_READY', 'validated'],
    ['a station was played back', { facts: [installed, by('replay:bug-1')], change: 'present' }, 'ESCALATE', 'replayed'],
    ['a review was played back', { facts: [installed, by('codex'), reviewBy('replay:bug-1')], change: 'present' }, 'ESCALATE', 'replayed'],
    ['a replay has a broken check', { facts: [notInstalled, by('replay:bug-1')], change: 'present' }, 'ESCALATE', 'install-failed'],
    ['a report-only check is broken', { facts: [installed, api], change: 'present' }, 'PR_READY', 'validated'],
    ['a must-not-break check is unknown', { facts: [installed, engines('unknown')], change: 'present' }, 'PR_READY', 'validated'],
    ['a must-not-break check is broken', { facts: [installed, engines('broken')], change: 'present' }, 'ESCALATE', 'engine-refused'],
    ['a must-hold check is broken', { facts: [notInstalled], change: 'present' }, 'ESCALATE', 'install-failed'],
    ['a must-hold check broke once and held once', { facts: [notInstalled, installed], change: 'present' }, 'ESCALATE', 'install-failed'],
    ['a must-hold check was not made', { facts: [], change: 'present' }, 'ESCALATE', 'check-missing'],
    ['there is no change and no proof', { facts: [installed], change: 'absent' }, 'ESCALATE', 'no-change'],
    ['a no-op rule is proved', { facts: [noOp('holds', 'already-current', ['lock line'])], change: 'absent' }, 'NO_OP', 'already-current'],
    [
      'a no-op rule is claimed without proof',
      { facts: [noOp('holds', 'already-current', [])], change: 'absent' },
      'ESCALATE',
      'no-op-unproven',
    ],
    ['a no-op proof fails', { facts: [noOp('broken', 'already-current', ['x'])], change: 'absent' }, 'ESCALATE', 'no-op-unproven'],
    [
      'the packet has no such no-op rule',
      { facts: [noOp('holds', 'felt-like-it', ['x'])], change: 'absent' },
      'ESCALATE',
      'no-op-unproven',
    ],
    ['the registry failed', { facts: [stopped('registry')], change: 'absent' }, 'RETRYABLE_FAILURE', 'registry'],
    ['the environment lacks something', { facts: [stopped('environment')], change: 'absent' }, 'ESCALATE', 'environment'],
  ])('when %s', (_, observed, verdict, code) => {
    const decision = decide(samplePacket, observed);
    expect(decision).toMatchObject({ verdict, reason: { code } });
    expect(decision.reason.message).not.toBe('');
  });

  it('does not accept a claim', () => {
    const claim: Claim = { kind: 'claim', station: 's', says: 'changed', code: 'done', summary: 'All tests pass.', steps: [], logs: [] };
    // @ts-expect-error a claim is not a fact
    const facts: Fact[] = [claim];
    expect(decide(samplePacket, { facts, change: 'present' }).verdict).toBe('ESCALATE');
  });
});
