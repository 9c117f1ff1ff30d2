import { describe, expect, it } from 'vitest';
import { samplePacket } from '../../../kit/evidence/index.ts';
import { fact, type Finding } from './fact.ts';
import { reviewFindings } from './findings.ts';

const packet = {
  ...samplePacket,
  validation: [
    { check: 'secrets', demand: 'must-hold', rule: '' },
    { check: 'tests', demand: 'must-hold', rule: '' },
    { check: 'new-tests', demand: 'must-not-break', rule: '' },
    { check: 'coverage', demand: 'report', rule: '' },
    { check: 'tamper', demand: 'must-hold', rule: '' },
  ],
} as const satisfies Parameters<typeof reviewFindings>[0] & object;

const at = (line: number, weight?: Finding['weight']): Finding => ({
  rule: 'r',
  file: 'a.js',
  line,
  message: 'm',
  ...(weight ? { weight } : {}),
});
const found = (...facts: Parameters<typeof reviewFindings>[1]) =>
  reviewFindings(packet, facts).map(({ check, file, line, weight }) => `${weight} ${check} ${file}:${line}`);

describe('what a review found', () => {
  it('blocks where a deciding check is broken, is a note where one only reports, and what blocks stands first', () => {
    const covered = fact('coverage', 'broken', 'c', 's', { lines: 2, covered: 1, unknown: [], findings: [at(3)] });
    const secret = fact('secrets', 'broken', 'c', 's', { findings: [at(1)], linesScanned: 1 });
    expect(found(covered, secret)).toEqual(['blocks secrets a.js:1', 'note coverage a.js:3']);
  });

  it('keeps the weight that a finding has of its own, and tells the whole where none of them blocks', () => {
    const scan = fact('tamper', 'broken', 'c', 's', { findings: [at(1, 'blocks'), at(2, 'note')], filesScanned: 1 });
    expect(found(scan)).toEqual(['blocks tamper a.js:1', 'note tamper a.js:2']);
    const odd = fact('tamper', 'broken', 'c', 's', { findings: [at(2, 'note')], filesScanned: 1 });
    expect(found(odd)).toEqual(['blocks tamper :0', 'note tamper a.js:2']);
  });

  it('takes a check that must hold and could not be made for one that stands in the way', () => {
    const unread = fact('tamper', 'unknown', 'not-scanned', 's', { findings: [], filesScanned: 0 });
    const fresh = fact('new-tests', 'unknown', 'not-run', 's', { failing: [], notRun: [], passing: [], findings: [] });
    expect(found(unread, fresh)).toEqual(['blocks tamper :0']);
  });

  it('names the file of a test that passed before, below the folder of the project', () => {
    const counts = { total: 1, passed: 0, failed: 1, skipped: 0 };
    const tests = fact('tests', 'broken', 'tests-regressed', 's', {
      runner: 'mocha',
      command: '',
      baseline: { ...counts, runs: 2, flaky: [], preExisting: [] },
      after: counts,
      regressed: [{ id: 'test/a.js > adds', before: 'pass', after: 'fail', message: 'no\nstack' }],
      fixed: [],
      added: [],
      breakClass: null,
      baselineFrom: null,
    });
    const repository = { ...packet.scope.repository, directory: 'packages/x' };
    const [only] = reviewFindings({ ...packet, scope: { ...packet.scope, repository } }, [tests]);
    expect(only).toMatchObject({ file: 'packages/x/test/a.js', line: 1, weight: 'blocks', message: expect.stringMatching(/adds: no$/) });
  });
});
