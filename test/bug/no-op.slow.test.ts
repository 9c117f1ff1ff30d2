import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentDeed } from '../../kit/agent/index.ts';
import { commitFiles, git, makeRepository, type MadeRepository } from '../../kit/forge/index.ts';
import { mended, source, sourcePath } from '../../kit/repository/index.ts';
import { openDesk, type Desk, type Worked } from './desk.ts';
import { agentScript, failingTests, reproductionPath, slugFiles, slugs, testsOf } from './slugs.ts';

const sentence = 'Letters with accents are dropped from slugs on purpose.';

let desk: Desk;
let fixed: MadeRepository;
beforeAll(async () => {
  desk = await openDesk({ ...slugFiles, 'README.md': `# slugs\n\n${sentence}\n` });
  fixed = await makeRepository({ ...slugFiles, [sourcePath]: source(slugs.dialect, mended) });
});
afterAll(async () => {
  await desk.close();
  await fixed.remove();
});

function claims(rule: string, proof: readonly object[], files: AgentDeed['files'] = {}): AgentDeed {
  return { files, report: { state: 'NO_OP', rule, summary: 'Nothing is owed.', proof } };
}

const shows = (content: string): AgentDeed => claims('not-reproducible', [{ file: reproductionPath }], { [reproductionPath]: content });

const work = (deed: AgentDeed, repository?: string): Promise<Worked> =>
  desk.work({ reproduction: [deed] }, { once: true, ...(repository === undefined ? {} : { repository }) });

describe('"not reproducible"', () => {
  it('is NO_OP where the factory sees the tests pass each time, with a test beside them that must fail', async () => {
    const { end, events } = await work(shows(failingTests), fixed.path);
    expect(end).toBe('NO_OP not-reproducible');
    expect(events.findLast((body) => body.type === 'fact.found')).toMatchObject({
      fact: {
        data: { proof: [expect.stringMatching(/Crème.*passed 3 times out of 3/), expect.anything(), expect.stringMatching(/must fail/)] },
      },
    });
  });

  it.each([
    ['the tests fail on the base', shows(failingTests)],
    ['no tests are handed in', claims('not-reproducible', [{ note: 'I looked at it.' }])],
    ['the tests hold no value that the ticket names', shows(testsOf(['joins', "slug('One Two')", "'one-two'"]))],
    [
      'the tests hold a value of the ticket, but not against what should come out',
      shows(testsOf(['some', "slug('Crème Brûlée')", "'cr-me-br-l-e'"])),
    ],
  ])('is ESCALATE where %s', async (_, deed) => {
    expect((await work(deed)).end).toBe('ESCALATE no-op-unproven');
  });
});

describe('"documented"', () => {
  const quoted = { file: 'README.md', line: 3, quote: sentence };
  const named = { test: 'test/slug.test.js > joins words' };

  it('is NO_OP where the line is there word for word and the test passes on the base', async () => {
    const { end, result } = await work(claims('documented', [quoted, named]));
    expect(end).toBe('NO_OP documented');
    expect(result.reason.message).toContain(`README.md:3 says "${sentence}"`);
  });

  it.each([
    ['the line says something else', [{ ...quoted, quote: 'Accents are dropped from letters on purpose.' }, named]],
    ['the line is elsewhere', [{ ...quoted, line: 1 }, named]],
    ['the file is not there', [{ ...quoted, file: 'docs/none.md' }, named]],
    ['no test is named', [quoted]],
    ['the test is not there', [quoted, { test: 'test/slug.test.js > drops accents' }]],
    ['the quote says nothing of the ticket', [{ file: 'README.md', line: 1, quote: '# slugs' }, named]],
  ])('is ESCALATE where %s', async (_, proof) => {
    expect((await work(claims('documented', proof))).end).toBe('ESCALATE no-op-unproven');
  });
});

describe('"already fixed"', () => {
  const named = (commit: string): AgentDeed =>
    claims('already-fixed', [{ commit }, { file: reproductionPath }], { [reproductionPath]: failingTests });
  const mendedFiles = { [sourcePath]: source(slugs.dialect, mended) };

  it('is NO_OP where the tests fail before that commit and pass on the base, which comes from it', async () => {
    const history = await makeRepository(slugFiles);
    const fix = await commitFiles(history.path, mendedFiles, 'fix: keep letters');
    await commitFiles(history.path, { 'README.md': '# slugs' }, 'docs');
    const { end, result, events } = await work(named(fix.slice(0, 10)), history.path);
    expect(end).toBe('NO_OP already-fixed');
    expect(result.reason.message).toMatch(
      new RegExp(
        `${fix.slice(0, 12)} is in the history .*Crème.* failed 2 times out of 2 at ${history.commit.slice(0, 12)}.*passed 3 times out of 3`,
      ),
    );
    expect(events.filter((body) => body.type === 'observed').map(({ what }) => what)).toEqual(
      expect.arrayContaining(['tests of a claim', `tests of a claim at ${history.commit.slice(0, 12)}`]),
    );
    // A commit that changed nothing of it, one that is none, one beside the base, and the very first.
    const docs = await git(history.path, 'rev-parse', 'HEAD');
    await git(history.path, 'checkout', '--quiet', '-b', 'aside', history.commit);
    const aside = await commitFiles(history.path, { ...mendedFiles, 'x.txt': 'x' }, 'fix: elsewhere');
    await git(history.path, 'checkout', '--quiet', 'main');
    for (const deed of [named(docs), named('abcdef0123'), named(aside), named(history.commit)])
      expect((await work(deed, history.path)).end, JSON.stringify(deed.report)).toBe('ESCALATE no-op-unproven');
    await history.remove();
  });

  it('is ESCALATE where the base does it still', async () => {
    const history = await makeRepository({ ...slugFiles, ...mendedFiles });
    const fix = await commitFiles(history.path, slugFiles, 'break it again');
    expect((await work(named(fix), history.path)).end).toBe('ESCALATE no-op-unproven');
    await history.remove();
  });
});

describe('other claims that nothing is owed', () => {
  it.each(['already-fixed', 'duplicate', 'not-my-job'])(
    'by "%s" end with a person, where nothing is handed in that the factory could show',
    async (rule) => {
      const { end, events } = await work(claims(rule, [{ commit: desk.repository.commit, note: 'It was.' }]));
      expect(end).toBe('ESCALATE no-op-unproven');
      expect(events.findLast((body) => body.type === 'claim.made')).toMatchObject({ claim: { says: 'no-op', code: rule } });
    },
  );

  it('by the station of the change are held to the same proof', async () => {
    const { end } = await desk.work(
      agentScript({ change: [claims('documented', [{ file: 'README.md', line: 1, quote: 'No.' }, { test: 'none' }])] }),
      { once: true },
    );
    expect(end).toBe('ESCALATE no-op-unproven');
  });
});

describe('the seed check', () => {
  it.each([
    ['# It is broken\n', 'what happens'],
    ['# Slugs\n\n## Actual\n_No response_\n\n## Expected\nThat it gives creme-brulee.\n', 'what happens instead'],
  ])('asks for what is missing before any workspace is made: %s', async (ticket, asked) => {
    const { end, result, events } = await desk.work({}, { ticket, once: true });
    expect(end).toBe('ESCALATE missing-context');
    expect(result.reason.message).toContain(asked);
    expect(events.filter(({ type }) => type === 'workspace.opened')).toEqual([]);
  });

  it('proves that a ticket of the same words was worked on before and its change stands', async () => {
    const ticket = '# Accents\n\n`slug("Crème Brûlée")` should give "creme-brulee" and loses letters instead.\n';
    const first = await desk.work(agentScript(), { ticket });
    expect(first.end).toBe('PR_READY validated');
    const second = await desk.work(agentScript(), { ticket: ticket.toUpperCase() });
    expect(second.end).toBe('NO_OP duplicate');
    expect(second.result.reason.message).toContain(first.result.run);
    expect(second.events.filter(({ type }) => type === 'workspace.opened')).toEqual([]);
  });
});
