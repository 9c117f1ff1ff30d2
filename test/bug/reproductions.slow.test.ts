import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentDeed } from '../../kit/agent/index.ts';
import { openDesk, type Desk } from './desk.ts';
import { agentScript, failingTests, reproduces, reproductionPath, testsOf } from './slugs.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

const head =
  "const assert = require('node:assert');\nconst { test } = require('node:test');\nconst { slug } = require('../src/slug.js');\n";

function hands(content: string, symptom = 'strictly equal', more: AgentDeed['files'] = {}): AgentDeed {
  return {
    files: { [reproductionPath]: content, ...more },
    report: { state: 'DONE', summary: 'It fails.', files: [reproductionPath], symptom },
  };
}

describe('a reproduction is refused', () => {
  it.each([
    ['passes-on-base', 'that passes on the base', hands(testsOf(['joins', "slug('Crème ok')", "'cr-me-ok'"]))],
    ['wrong-reason', 'that cannot be loaded', hands(`${head}require('./nothing.js');\n${testsOf(['a', "slug('é')", "'e'"])}`)],
    ['wrong-reason', 'that is no code', hands(`${head}test('a', () => { assert.equal(slug('é'), 'e');\n`)],
    [
      'wrong-reason',
      'that calls what was never there',
      hands(
        `${head}const subject = require('../src/slug.js');\ntest('a', () => assert.equal(subject.plain('é'), 'e'));\n`,
        'is not a function',
      ),
    ],
    [
      'fails-by-itself',
      'that throws by itself',
      hands(`${head}test('a', () => { assert.ok(slug('é') || true); throw new Error('lost'); });\n`, 'lost'),
    ],
    ['fails-by-itself', 'that fails by itself', hands(`${head}test('a', () => assert.fail(\`lost \${slug('é')}\`));\n`, 'lost')],
    [
      'not-about-the-code',
      'that asserts nothing of the code',
      hands(`${head}test('a', () => { slug('é'); assert.strictEqual(1, 2); });\n`),
    ],
    [
      'not-about-the-code',
      'that loads nothing of the repository',
      hands(testsOf().replace(/^.*slug\.js.*$/m, "test('a', () => assert.strictEqual(1, 2));")),
    ],
    ['symptom-missing', 'that fails with another message', hands(failingTests, 'out of memory')],
    [
      'reproduction-skipped',
      'that is skipped',
      hands(failingTests.replace("test('keeps the letters of Ång", "test.skip('keeps the letters of Ång")),
    ],
    ['tampered', 'that ends the process', hands(`${head}process.exit(1);\n${testsOf(['a', "slug('é')", "'e'"])}`)],
    [
      'tampered',
      'that replaces assertions for others',
      hands(`${head}assert.strictEqual = () => {};\ntest('a', () => assert.equal(slug('é'), 'e'));\n`, 'e'),
    ],
    [
      'reproduction-unsteady',
      'that does not fail each time',
      hands(
        `${head}const { existsSync, writeFileSync } = require('node:fs');\ntest('a', () => {\n  const wanted = existsSync('.seen') ? '' : 'e';\n  writeFileSync('.seen', '');\n  assert.equal(slug('é'), wanted);\n});\n`,
        'e',
      ),
    ],
    ['no-reproduction', 'that is no new test file', { ...reproduces, report: { ...reproduces.report, files: ['test/slug.test.js'] } }],
    [
      'no-reproduction',
      'that stands where no test stands',
      {
        ...hands(failingTests),
        files: { 'src/accents.js': failingTests },
        report: { state: 'DONE', summary: 's', files: ['src/accents.js'], symptom: 'e' },
      },
    ],
  ])('with "%s" %s', async (code, _, deed) => {
    const { end, fact, events } = await desk.work(agentScript({ reproduction: [deed] }), { once: true });
    expect([end, fact('reproduction')]).toEqual([`ESCALATE ${code}`, `broken ${code}`]);
    expect(events.filter((body) => body.type === 'stage.started' && body.stage === 'change')).toEqual([]);
  });
});

describe('a reproduction', () => {
  it('is taken without whatever else its station changed, so that the fix is not smuggled in', async () => {
    const deed = hands(failingTests, 'strictly equal', { 'src/slug.js': 'exports.slug = () => "creme-brulee";\n', 'notes.md': 'x\n' });
    const { end, events } = await desk.work(agentScript({ reproduction: [deed] }));
    expect(end).toBe('PR_READY validated');
    expect(events.filter((body) => body.type === 'observed' && body.what === 'left out')).toMatchObject([
      { stage: 'reproduce', summary: expect.stringMatching(/notes\.md \(not named.*src\/slug\.js \(not named/) },
    ]);
  });

  it('that was refused is tried again with what was objected to', async () => {
    const { end, events } = await desk.work(agentScript({ reproduction: [hands(failingTests, 'out of memory'), reproduces] }));
    expect(end).toBe('PR_READY validated');
    expect(events.filter(({ type }) => type === 'rework.ordered')).toMatchObject([
      { from: 'reproduce', to: 'reproduce', objection: expect.stringContaining('fails with another message') },
    ]);
  });
});
