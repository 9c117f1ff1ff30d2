import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { isJidokaError } from '../../core/base/error.ts';
import { builtInLine } from '../../plant/lines/index.ts';
import type { Line, Stage } from '../../core/line/line.ts';
import { forceStation, parseLine } from './index.ts';

const reproduce: Stage = { id: 'reproduce', does: 'reproduction', station: ['a', 'b'], role: 'tester' };
const change: Stage = { id: 'change', does: 'change', station: 'a' };
const inspection: Stage = { id: 'inspection', does: 'inspection' };
const begin: readonly Stage[] = [
  { id: 'applicability', does: 'applicability' },
  { id: 'baseline', does: 'baseline' },
];

function lineOf(...stages: readonly Stage[]): Line {
  return {
    apiVersion: 'jidoka/v1',
    kind: 'Line',
    name: 'trial',
    summary: 'a line to be judged',
    seed: 'ticket',
    nonGoals: [],
    scope: { paths: ['**'], protectedPaths: [] },
    stages: [...stages],
    inspection: [{ check: 'fixed', demand: 'must-hold' }],
    noOpRules: [],
    policy: { baselineRuns: 1, minimumReleaseAgeDays: 0, reuseBaseline: '6h' },
  };
}

const tester = { path: 'roles/tester.md', text: '---\nmodel: small\ntools: all\n---\n\nYou write tests.\n' };
const parsed = (line: Line, roles = [tester]): Line => parseLine(stringify(line), 'trial.yaml', roles);

function complaint(line: Line, roles = [tester]): string {
  try {
    parsed(line, roles);
    return 'none';
  } catch (error) {
    if (isJidokaError(error)) return error.message;
    throw error;
  }
}

describe('the roles of a line', () => {
  it('are laid into it from the files beside it, those that its stages name and no others', () => {
    const line = parsed(lineOf(...begin, reproduce, change, inspection), [tester, { path: 'roles/idle.md', text: 'Nobody.' }]);
    expect(line.roles).toEqual([{ name: 'tester', prompt: 'You write tests.', model: 'small', tools: 'all' }]);
  });

  it.each([
    ['Stage "reproduce" has the role "tester", and there is no roles/tester.md', []],
    ['roles/tester.md:1:1: tools is not right', [{ ...tester, text: '---\ntools: everything\n---\nYou.' }]],
    ['roles/tester.md:1:1: prompt is not right', [{ ...tester, text: '---\ntools: all\n---\n' }]],
    ['roles/tester.md:1:1: It has 70000 characters', [{ ...tester, text: 'x'.repeat(70_000) }]],
    ['roles/tester.md:2:', [{ ...tester, text: '---\ntools: [\n---\nYou.' }]],
  ])('are refused where they cannot be meant: %s', (message, roles) => {
    expect(complaint(lineOf(...begin, reproduce, change, inspection), roles)).toContain(message);
  });
});

describe('the skills of a role', () => {
  const skilled = { ...tester, text: '---\nskills: [accents]\n---\nYou write tests.\n' };
  const skill = (text: string, path = 'accents/SKILL.md') => ({ path, text });
  const good = skill('---\nname: accents\ndescription: How letters are compared.\n---\nBy NFC.\n');
  const read = (...skills: readonly { readonly path: string; readonly text: string }[]): Line =>
    parseLine(stringify(lineOf(...begin, reproduce, change, inspection)), 'trial.yaml', [skilled], skills);

  it('are laid into the line with all their files, those that are named and no others', () => {
    const more = skill('é', 'accents/letters/table.txt');
    const line = read(good, more, skill('---\nname: idle\ndescription: None.\n---\n', 'idle/SKILL.md'));
    expect(line.roles?.[0]?.skills).toEqual([{ name: 'accents', files: { 'SKILL.md': good.text, 'letters/table.txt': 'é' } }]);
  });

  it.each([
    ['there is no such folder beside the line', []],
    ['does not give its name', [skill('By NFC.')]],
    ['does not give its name', [skill('---\nname: other\ndescription: So.\n---\n')]],
    ['does not say what it is for', [skill('---\nname: accents\n---\n')]],
    ['a skill has a SKILL.md', [skill('So.', 'accents/README.md')]],
    ['at most 262144 characters', [good, skill('x'.repeat(300_000), 'accents/long.txt')]],
    ['at most 20 files', [good, ...Array.from({ length: 20 }, (_, at) => skill('x', `accents/${at}.txt`))]],
    ['Invalid key in record', [good, skill('x', 'accents/../../escape.txt')]],
  ])('are refused where an agent would not find them or they lead out: %s', (why, skills) => {
    expect(() => read(...skills)).toThrow(expect.objectContaining({ code: 'line-invalid', message: expect.stringContaining(why) }));
  });
});

describe('stages that stations do', () => {
  it.each([
    ['none', [...begin, reproduce, change, inspection]],
    ['can be begun without reproduction before it', [...begin, change, reproduce, inspection]],
    ['Stage "reproduce" can be begun without baseline before it', [begin[0] as Stage, reproduce, begin[1] as Stage, change, inspection]],
    ['names the station "a" twice', [...begin, { ...reproduce, station: ['a', 'a'] }, change, inspection]],
    ['does not say what its station hands in', [...begin, reproduce, { id: 'think', does: 'judgement', station: 'a' }, change, inspection]],
    [
      'Stage "change" needs a tree changed, and the station "model:small" only answers',
      [...begin, reproduce, { ...change, station: ['a', 'model:small'] }, inspection],
    ],
    ['the station "model:small" only answers', [...begin, { ...reproduce, station: 'model:small' }, change, inspection]],
    ['none', [...begin, reproduce, change, inspection, { id: 'read', does: 'judgement', form: 'review', station: ['model:small', 'a'] }]],
    ['has no use for "form"', [...begin, reproduce, { ...change, form: 'plan' }, inspection]],
    ['does reproduction again', [...begin, reproduce, { ...reproduce, id: 'again' }, change, inspection]],
    ['The check "fixed" is made by a stage that does reproduction', [...begin, change, inspection]],
    [
      'Stage "ask" can be begun without change before it',
      [
        ...begin,
        reproduce,
        {
          id: 'ask',
          does: 'gate',
          gate: { when: 'assertions-changed', question: 'So?', roles: ['a'], expires: '1d', choices: ['approve'] },
        },
        change,
        inspection,
      ],
    ],
  ] as const)('%s', (message, stages) => {
    expect(complaint(lineOf(...(stages as readonly Stage[])))).toContain(message);
  });

  it('may be tried again by themselves where they show nothing', () => {
    expect(complaint(lineOf(...begin, { ...reproduce, onFail: { stage: 'reproduce', atMost: 1 } }, change, inspection))).toBe('none');
  });

  it('are all given to the one that is forced', async () => {
    const { text, path, roles } = await builtInLine('bug');
    const line = forceStation(parseLine(text, path, roles), 'command:node  agent.mjs --fast');
    const done = line.stages.filter(({ station }) => station !== undefined);
    expect(done.map(({ id, station, run }) => [id, station, run])).toEqual(
      ['classify', 'reproduce', 'plan', 'change', 'review'].map((id) => [id, 'command', ['node', 'agent.mjs', '--fast']]),
    );
    expect(line.roles?.map(({ name }) => name)).toEqual(['architect', 'clerk', 'coder', 'reviewer', 'tester']);
    expect(() => forceStation(line, 'command:')).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  it('are given to a model where they judge, and keep their own where they do not', () => {
    const review: Stage = { id: 'read', does: 'judgement', form: 'review', station: 'a' };
    const line = forceStation(lineOf(...begin, reproduce, change, inspection, review), 'model:small');
    expect(line.stages.map(({ id, station }) => [id, station])).toEqual([
      ['applicability', undefined],
      ['baseline', undefined],
      ['reproduce', ['a', 'b']],
      ['change', 'a'],
      ['inspection', undefined],
      ['read', 'model:small'],
    ]);
    expect(() => forceStation(lineOf(...begin, change, inspection), 'model:small')).toThrow(/no stage of line "trial" judges/);
  });
});
