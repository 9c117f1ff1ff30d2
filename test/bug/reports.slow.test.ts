import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentDeed } from '../../kit/agent/index.ts';
import { buggy, source, sourcePath } from '../../kit/repository/index.ts';
import { openDesk, type Desk } from './desk.ts';
import { agentScript, mends, mendsNothing, reproduces, slugs } from './slugs.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

describe('what a station hands in decides nothing', () => {
  it.each([
    [
      'false-report',
      'names a file that was not changed',
      { ...mends, report: { ...mends.report, filesChanged: ['src/slug.js', 'src/words.js'] } },
    ],
    [
      'claim-without-change',
      'says that it changed something and did not',
      { result: '{ "says": "changed", "code": "done", "summary": "Done." }' },
    ],
    ['not-fixed', 'says that all tests pass', { ...mendsNothing, report: { ...mendsNothing.report, testsRun: ['all 99 pass'] } }],
    ['station-failed', 'is of another form', { ...mends, report: { state: 'DONE', summary: 'Looks good.', verdict: 'approve' } }],
    ['station-failed', 'gives itself a verdict', { ...mends, result: '{ "verdict": "PR_READY" }', report: undefined }],
    ['station-failed', 'is garbage', { ...mends, result: '\u0000\u0001{{{{', report: undefined }],
  ])('with "%s" where it %s', async (code, _, deed) => {
    const { end, result } = await desk.work(agentScript({ change: [deed as AgentDeed] }), { once: true });
    expect(end).toBe(`ESCALATE ${code}`);
    expect(result.branch).toBeNull();
  });

  it('with a remark at its place where the change answers for a tested value that it knows by its shape', async () => {
    const knows = "if (text.length === 12 && text[0] === 'C') return ['creme', 'brulee'].join('-');";
    const deed: AgentDeed = { ...mends, files: { [sourcePath]: source(slugs.dialect, [knows, ...buggy]) } };
    const { end, events } = await desk.work(agentScript({ change: [deed] }), { once: true });
    expect(end).toBe('ESCALATE not-fixed');
    const scans = events.flatMap((body) => (body.type === 'fact.found' && body.fact.check === 'tamper' ? [body.fact] : []));
    expect(scans).toMatchObject([{ outcome: 'holds', data: { findings: [{ rule: 'special-case', file: sourcePath }] } }]);
    // The packages were installed once for all that the factory looks at itself.
    const opened = events.flatMap((body) => (body.type === 'workspace.opened' ? [body] : []));
    const ofFactory = opened.filter(({ stage, ref }) => stage === 'inspection' || ref.name.endsWith('-own'));
    expect(ofFactory.length).toBeGreaterThan(1);
    expect(new Set(ofFactory.map(({ base }) => base)).size).toBe(1);
  });

  it.each([
    ['no-report', 'nothing was handed in', { ...reproduces, report: undefined }],
    ['no-report', 'the program ended with 0 and did nothing', {}],
    [
      'no-report',
      'the report is of another form',
      { ...reproduces, report: { state: 'DONE', summary: 'Done.', filesChanged: ['test/a.test.js'] } },
    ],
  ])('with "%s" where %s in place of a reproduction', async (code, _, deed) => {
    const { end } = await desk.work(agentScript({ reproduction: [deed as AgentDeed] }), { once: true });
    expect(end).toBe(`ESCALATE ${code}`);
  });
});

describe('a station may', () => {
  const asks: AgentDeed = {
    report: { state: 'ESCALATE', code: 'two-readings', summary: 'Both are possible.', question: 'Should ß become ss or s?' },
  };

  it.each([
    ['reproduction', { reproduction: [asks] }],
    ['change', { change: [asks] }],
    ['review', { review: [asks] }],
  ])('end the run with a question to a person, in its %s', async (_, script) => {
    const { end, result } = await desk.work(agentScript(script), { once: true });
    expect(end).toBe('ESCALATE two-readings');
    expect(result.reason.message).toContain('Should ß become ss or s?');
  });

  it('say that the surroundings did not let it work', async () => {
    const deed: AgentDeed = { report: { state: 'RETRYABLE_FAILURE', summary: 'No model.', cause: 'The provider is away.' } };
    expect((await desk.work(agentScript({ change: [deed] }), { once: true })).end).toMatch(/^RETRYABLE_FAILURE /);
  });

  it('object to the change of another, which then does it again, twice at most', async () => {
    const finding = { file: 'src/slug.js', line: 3, weight: 'blocks', message: 'ß is lost.' };
    const objects: AgentDeed = { report: { state: 'DONE', summary: 'Not yet.', verdict: 'object', findings: [finding] } };
    const more: AgentDeed = {
      report: { state: 'DONE', summary: 'Still not.', verdict: 'object', findings: [{ ...finding, message: 'ø is lost.' }] },
    };
    const { end, events, result } = await desk.work(agentScript({ review: [objects, more] }));
    expect(end).toBe('ESCALATE review-objects');
    expect(result.reason.message).toContain('ø is lost.');
    expect(events.filter(({ type }) => type === 'rework.ordered')).toMatchObject([
      { from: 'review', to: 'change', objection: expect.stringContaining('src/slug.js:3: ß is lost.') },
      { from: 'review', to: 'change', objection: expect.stringContaining('ø is lost.') },
    ]);
  });
});
