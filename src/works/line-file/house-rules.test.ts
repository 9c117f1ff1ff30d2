import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { isJidokaError } from '../../core/base/error.ts';
import type { Line, Stage } from '../../core/line/line.ts';
import { parseLine } from './index.ts';

const applicability: Stage = { id: 'applicability', does: 'applicability' };
const baseline: Stage = { id: 'baseline', does: 'baseline' };
const change: Stage = { id: 'change', does: 'change', station: 'mechanic' };
const inspection: Stage = { id: 'inspection', does: 'inspection' };
const lint: Stage = { id: 'lint', does: 'command', run: ['true'] };
const types: Stage = { id: 'types', does: 'command', run: ['true'] };
const review: Stage = {
  id: 'review',
  does: 'gate',
  gate: { question: 'Go?', roles: ['reviewer'], expires: '7d', choices: ['approve', 'reject'] },
};
const fan: Stage = { id: 'fan', does: 'runs', runs: { line: 'inner', items: ['a', 'b'], join: 'all' } };
const full = [applicability, baseline, change, inspection];

const allHold = { code: 'all-stages-hold', statement: 'Every stage holds.', proof: 'what each came to' };

const task: Line = {
  apiVersion: 'jidoka/v1',
  kind: 'Line',
  name: 'trial',
  summary: 'a line to be judged',
  seed: 'task',
  nonGoals: [],
  scope: { paths: ['src/**'], protectedPaths: [] },
  stages: full,
  inspection: [{ check: 'station', demand: 'must-hold' }],
  noOpRules: [],
  policy: { baselineRuns: 1, minimumReleaseAgeDays: 0, reuseBaseline: '6h' },
};
const idle: Line = {
  ...task,
  stages: [applicability, lint],
  inspection: [{ check: 'command', demand: 'must-hold' }],
  noOpRules: [allHold],
};
const inner: Line = { ...idle, name: 'inner' };
const outer: Line = { ...idle, stages: [applicability, fan], inspection: [{ check: 'runs', demand: 'must-hold' }], lines: [inner] };

const withStages = (...stages: readonly Stage[]): Line => ({ ...task, stages: [...stages] });
/** The stages of a whole line, one of them otherwise. */
const changed = (id: string, otherwise: Partial<Stage>): Line =>
  withStages(...full.map((stage) => (stage.id === id ? { ...stage, ...otherwise } : stage)));
/** Stages without a change, after the applicability. */
const idleWith = (...stages: readonly Stage[]): Line => ({
  ...idle,
  stages: [applicability, ...stages],
  inspection: [{ check: stages.some(({ does }) => does === 'command') ? 'command' : 'person', demand: 'must-hold' }],
});
const nested = (depth: number): Line =>
  depth === 0
    ? { ...inner, name: 'line-0' }
    : {
        ...outer,
        name: `line-${depth}`,
        stages: [applicability, { ...fan, runs: { line: `line-${depth - 1}`, items: ['a'], join: 'all' } }],
        lines: [nested(depth - 1)],
      };

/** 'text of the place | message | mend' of the first complaint; 'fine' where there is none. */
function judged(line: Line): string {
  const text = stringify(line, { lineWidth: 0, aliasDuplicateObjects: false });
  try {
    parseLine(text, 'l.yaml');
    return 'fine';
  } catch (error) {
    if (!isJidokaError(error)) throw error;
    const [, row = '1', column = '1', message = ''] = /^l\.yaml:(\d+):(\d+): (.*)$/s.exec(error.message) ?? [];
    const place = text.split('\n')[Number(row) - 1]?.slice(Number(column) - 1) ?? '';
    return `${place} | ${message} | ${error.mend}`;
  }
}

describe('a line that may be worked on', () => {
  it.each<[string, Line]>([
    ['with a change and its inspection', task],
    ['without a change', idle],
    ['with a gate at its end', { ...task, stages: [...full, review], inspection: [{ check: 'person', demand: 'must-hold' }] }],
    [
      'that begins with two stages at once',
      withStages(applicability, { ...baseline, after: [] }, { ...change, after: ['applicability', 'baseline'] }, inspection),
    ],
    [
      'with branches that meet',
      withStages(
        applicability,
        baseline,
        change,
        lint,
        { ...types, after: ['change'] },
        { ...inspection, after: ['lint', 'types'], join: 'all' },
      ),
    ],
    [
      'with a race of two stations',
      withStages(
        applicability,
        baseline,
        change,
        { ...change, id: 'other', after: ['baseline'] },
        { ...inspection, after: ['change', 'other'], join: 'any', onFail: { stage: 'baseline', atMost: 1 } },
      ),
    ],
    [
      'that names a stage below',
      withStages(
        applicability,
        { ...change, after: ['baseline'] },
        { ...baseline, after: ['applicability'] },
        { ...inspection, after: ['change'] },
      ),
    ],
    ['whose command station runs something', changed('change', { station: 'command', run: ['true'] })],
    ['with runs of a line of its own', outer],
    ['nested two deep', nested(2)],
  ])('%s', (_, line) => {
    expect(judged(line)).toBe('fine');
  });
});

describe('names', () => {
  it.each<[Line, string]>([
    [withStages(...full, { ...lint, id: 'change' }), 'change | "change" is already in "stages". | Keep one of the two.'],
    [
      { ...task, inspection: [...task.inspection, ...task.inspection] },
      'station | "station" is already in "inspection". | Keep one of the two.',
    ],
    [{ ...idle, noOpRules: [allHold, allHold] }, 'all-stages-hold | "all-stages-hold" is already in "noOpRules". | Keep one of the two.'],
    [{ ...task, name: 'factory' }, 'factory | "factory" is a name that the factory uses itself. | Choose another.'],
    [idleWith({ ...lint, id: 'decide' }), 'decide | "decide" is a name that the factory uses itself. | Choose another.'],
    [idleWith({ ...lint, queue: 'control' }), 'control | "control" is a name that the factory uses itself. | Choose another.'],
    [
      { ...task, name: 'a'.repeat(41) },
      `${'a'.repeat(41)} | "aaaaaaaaaaaaaaaaaaaa…" has 41 letters, and stands in branches and file names. | Use at most 40.`,
    ],
  ])('%#', (line, complaint) => {
    expect(judged(line)).toBe(complaint);
  });
});

describe('what a kind of stage needs', () => {
  const gate = (given: Partial<NonNullable<Stage['gate']>>): Line =>
    idleWith({ ...review, gate: { question: 'Go?', roles: ['reviewer'], expires: '7d', choices: ['approve'], ...given } });
  const without = ({ id, does }: Stage): Stage => ({ id, does });

  it.each<[Line, string]>([
    [
      withStages(applicability, baseline, without(change), inspection),
      'id: change | Stage "change" has no station to do the change. | Add "station: mechanic" to it.',
    ],
    [idleWith(without(lint)), 'id: lint | Stage "lint" has no command. | Add "run: [npm, run, lint]" to it.'],
    [
      idleWith(without(review)),
      'id: review | Stage "review" is a gate without a question. | Add "gate: { question: May it go out?, roles: [reviewer], expires: 7d, choices: [approve, reject] }" to it.',
    ],
    [
      idleWith(without(fan)),
      'id: fan | Stage "fan" does not say what it runs. | Add "runs: { line: NAME, items: [...], join: all }" to it.',
    ],
    [
      changed('baseline', { station: 'mechanic' }),
      'station: mechanic | Stage "baseline" does baseline, which has no use for "station". | Remove it here; it belongs to a stage that does change, reproduction, judgement.',
    ],
    [
      changed('inspection', { run: ['true'] }),
      'run: | Stage "inspection" does inspection, which has no use for "run". | Remove it here; it belongs to a stage that does command, change, reproduction, judgement.',
    ],
    [
      idleWith({ ...lint, ...review, id: 'lint', does: 'command' }),
      'gate: | Stage "lint" does command, which has no use for "gate". | Remove it here; it belongs to a stage that does gate.',
    ],
    [
      { ...outer, stages: [applicability, fan, { ...lint, runs: fan.runs }] },
      'runs: | Stage "lint" does command, which has no use for "runs". | Remove it here; it belongs to a stage that does runs.',
    ],
    [
      idleWith({ ...review, retries: 2 }),
      'retries: 2 | Stage "review" does gate, which has no use for "retries". | Remove it here; it belongs to a stage that does applicability, baseline, given, change, reproduction, judgement, command, inspection, repetition, triage.',
    ],
    [
      changed('change', { station: 'command' }),
      'id: change | Stage "change" leaves its work to the station "command" and gives it no command. | Add "run: [node, scripts/change.mjs]" to it.',
    ],
    [
      changed('change', { run: ['true'] }),
      'run: | Stage "change" gives a command to the station "mechanic", which runs none. | Remove "run", or write "station: command".',
    ],
    [
      gate({ choices: ['reject'] }),
      '- reject | Nobody can let a run past the gate "review". | Add "approve", or "answer" for a question, to "choices".',
    ],
    [gate({ expires: '366d' }), '366d | "366d" is too long. | Write at most "365d".'],
    [gate({ expires: '0d' }), '0d | "0d" is no time at all. | Write a duration such as "5m".'],
    [idleWith({ ...lint, timeout: '25d' }), '25d | "25d" is too long. | Write at most "24d".'],
    [
      idleWith({ ...lint, timeout: '10m', deadline: '5m' }),
      '5m | Stage "lint" ends after 5m, before one command of it may time out (10m). | Make "deadline" at least as long as "timeout".',
    ],
    [
      idleWith({ ...lint, timeout: '60s', stall: '2m' }),
      '2m | Stage "lint" has its commands end after 60s, so that none can be silent for 2m. | Make "stall" shorter than "timeout".',
    ],
  ])('%#', (line, complaint) => {
    expect(judged({ ...line, inspection: [{ check: 'station', demand: 'must-hold' }] })).toBe(complaint);
  });
});

describe('the graph', () => {
  const two = { ...types, after: ['applicability'] };
  it.each<[Line, string]>([
    [
      idleWith({ ...lint, after: ['aplicability'] }),
      'aplicability | Stage "lint" comes after "aplicability", which is no stage of this line. | Did you mean "applicability"?',
    ],
    [
      idleWith({ ...lint, after: ['xyz'] }),
      'xyz | Stage "lint" comes after "xyz", which is no stage of this line. | There are: applicability, lint.',
    ],
    [idleWith({ ...lint, after: ['lint'] }), 'lint | Stage "lint" comes after itself. | Name the stage before it.'],
    [
      idleWith({ ...lint, after: ['applicability', 'applicability'] }),
      'applicability | Stage "lint" names "applicability" twice. | Keep one of the two.',
    ],
    [
      idleWith({ ...lint, after: ['applicability', 'types'] }, { ...types, after: ['third'] }, { ...types, id: 'third', after: ['lint'] }),
      'after: | The stages wait for each other in a circle: "lint" after "types" after "third" after "lint". | Take one of these out of an "after"; to do earlier work again use "onFail".',
    ],
    [
      {
        ...idle,
        stages: [
          { ...applicability, after: ['lint'] },
          { ...lint, after: [] },
        ],
      },
      'after: | Stage "applicability" stands first and comes after "lint". | Begin the list with a stage that nothing comes before.',
    ],
    [
      idleWith({ ...lint, join: 'any' }),
      'join: any | Stage "lint" joins, but only "applicability" comes before it. | Remove "join", or name several stages in "after".',
    ],
    [
      idleWith({ ...lint, after: [], join: 'all' }),
      'join: all | Stage "lint" joins, but nothing comes before it. | Remove "join", or name several stages in "after".',
    ],
    [
      idleWith(lint, two, { ...types, id: 'meet', after: ['lint', 'types'], join: { atLeast: 3 } }),
      '3 | Stage "meet" waits for 3 stages, and 2 come before it. | Write at most 2.',
    ],
  ])('%#', (line, complaint) => {
    expect(judged(line)).toBe(complaint);
  });

  it('is judged in good time, however many ways lead through it', () => {
    const layers = Array.from({ length: 40 }, (_, at) => [`a${at}`, `b${at}`]);
    const stages = layers.flatMap((pair, at) =>
      pair.map((id): Stage => ({ ...lint, id, after: at === 0 ? ['applicability'] : [...(layers[at - 1] ?? [])] })),
    );
    expect(judged(idleWith(...stages))).toBe('fine');
    expect(judged(idleWith(...stages, { ...types, onFail: { stage: 'a0', atMost: 1 } }))).toBe('fine');
  });
});

describe('the way back', () => {
  const race: readonly Stage[] = [applicability, lint, { ...types, after: ['applicability'] }];
  it.each<[Line, string]>([
    [
      changed('change', { onFail: { stage: 'baseline', atMost: 1 } }),
      'onFail: | Stage "change" does change, which objects to nothing. | Put "onFail" on a stage that does inspection, judgement, reproduction, command, gate, runs.',
    ],
    [
      changed('inspection', { onFail: { stage: 'chnage', atMost: 1 } }),
      'chnage | Stage "inspection" sends back to "chnage", which is no stage of this line. | Did you mean "change"?',
    ],
    [
      changed('inspection', { onFail: { stage: 'inspection', atMost: 1 } }),
      'inspection | Stage "inspection" sends back to "inspection", which does not come before it. | Before it come: change, baseline, applicability.',
    ],
    [
      withStages(...full, { ...lint, after: ['baseline'], onFail: { stage: 'change', atMost: 1 } }),
      'change | Stage "lint" sends back to "change", which does not come before it. | Before it come: baseline, applicability.',
    ],
    [
      { ...idle, stages: [...race, { ...types, id: 'meet', after: ['lint', 'types'], join: 'any', onFail: { stage: 'lint', atMost: 1 } }] },
      'lint | Stage "meet" sends back to "lint", and a join lets the run come here without it. | Send back to a stage before the branches part.',
    ],
  ])('%#', (line, complaint) => {
    expect(judged(line)).toBe(complaint);
  });
});

describe('the proof', () => {
  const early = 'An inspection holds a change against the baseline: let applicability, baseline and change come before it on every way.';
  const unchecked = 'Let an inspection come after it on every way to the end: nobody believes what a station says of its own work.';
  it.each<[Line, string]>([
    [
      withStages(applicability, baseline, change),
      `id: change | What stage "change" changes could be passed on without an inspection after it. | ${unchecked}`,
    ],
    [
      withStages(...full, { ...change, id: 'polish' }),
      `id: polish | What stage "polish" changes could be passed on without an inspection after it. | ${unchecked}`,
    ],
    [
      withStages(
        applicability,
        baseline,
        change,
        inspection,
        { ...lint, after: ['change'] },
        { ...types, after: ['inspection', 'lint'], join: 'any' },
      ),
      `id: change | What stage "change" changes could be passed on without an inspection after it. | ${unchecked}`,
    ],
    [
      withStages(applicability, change, inspection),
      `id: inspection | Stage "inspection" can be begun without baseline before it. | ${early}`,
    ],
    [
      withStages(
        applicability,
        baseline,
        { ...change, after: ['applicability'] },
        { ...lint, after: ['change', 'baseline'], join: 'any' },
        inspection,
      ),
      `id: inspection | Stage "inspection" can be begun without baseline before it. | ${early}`,
    ],
    [
      withStages(...full, { ...baseline, id: 'again' }),
      'id: again | Stage "again" does baseline again, after "baseline". | Keep one baseline.',
    ],
    [
      { ...idle, seed: 'dependency' },
      'stages: | No stage does "baseline". | A line for a seed "dependency" has applicability, baseline, change and inspection.',
    ],
    [
      { ...idle, noOpRules: [] },
      'noOpRules: [] | A line without a change ends in NO_OP by the rule "all-stages-hold", which it does not list. | Add "{ code: all-stages-hold, statement: Every stage holds and there is nothing to change., proof: what each stage came to }".',
    ],
    [{ ...task, noOpRules: [allHold] }, 'code: all-stages-hold | The rule "all-stages-hold" is for a line without a change. | Remove it.'],
  ])('%#', (line, complaint) => {
    expect(judged(line)).toBe(complaint);
  });

  it.each<[Line, Line['inspection'][number], string]>([
    [
      idle,
      { check: 'tests', demand: 'must-hold' },
      'tests | The check "tests" is made by a stage that does inspection, and this line has none. | Remove it, or add a stage that does inspection.',
    ],
    [
      task,
      { check: 'command', demand: 'must-hold' },
      'command | The check "command" is made by a stage that does command, and this line has none. | Remove it, or add a stage that does command.',
    ],
    [
      task,
      { check: 'person', demand: 'must-hold' },
      'person | The check "person" is made by a stage that does gate, and this line has none. | Remove it, or add a stage that does gate.',
    ],
    [
      task,
      { check: 'no-op', demand: 'report' },
      'no-op | "no-op" is nothing that a change shows; it decides a run by itself. | Remove it here.',
    ],
    [
      task,
      { check: 'vulnerable-copies', demand: 'must-hold' },
      'vulnerable-copies | The check "vulnerable-copies" needs an advisory, and this line\'s seed is "task". | Remove it here.',
    ],
    [
      idle,
      { check: 'command', demand: 'report' },
      'report | The check "command" ends the run where it is broken, so that it is more than a report. | Write "must-hold".',
    ],
  ])('demands only what can be shown: %#', (line, demand, complaint) => {
    expect(judged({ ...line, inspection: [demand] })).toBe(complaint);
  });
});

describe('lines within a line', () => {
  const running = (...items: readonly string[]): Line => ({
    ...outer,
    stages: [applicability, { ...fan, runs: { line: 'inner', items: [...items], join: 'all' } }],
  });
  it.each<[Line, string]>([
    [nested(3), 'lines: | Lines are nested more than 2 deep here. | Let "line-1" do the work itself.'],
    [
      { ...outer, lines: [{ ...inner, name: 'iner' }] },
      'inner | Stage "fan" runs the line "inner", which does not stand under "lines" here. | Did you mean "iner"?',
    ],
    [{ ...outer, lines: [inner, inner] }, 'inner | "inner" is already in "lines". | Give it another name.'],
    [
      { ...outer, lines: [inner, { ...inner, name: 'third' }] },
      'third | No stage runs the line "third". | Run it from a stage, or remove it.',
    ],
    [{ ...outer, name: 'inner' }, 'inner | Line "inner" stands inside of a line "inner". | Give it another name.'],
    [
      { ...outer, lines: [{ ...inner, seed: 'advisory' }] },
      'advisory | Line "inner" is run for the items of a stage, and those are tasks. | Write "seed: task".',
    ],
    [
      { ...outer, lines: [{ ...inner, noOpRules: [] }] },
      'noOpRules: [] | A line without a change ends in NO_OP by the rule "all-stages-hold", which it does not list. | Add "{ code: all-stages-hold, statement: Every stage holds and there is nothing to change., proof: what each stage came to }".',
    ],
    [
      running('a b', 'a-b'),
      'a-b | "a-b" and "a b" would be worked on in branches that cannot stand beside each other. | Keep one of the two, or word one of them differently.',
    ],
    [
      running('src', 'src/cart'),
      'src/cart | "src/cart" and "src" would be worked on in branches that cannot stand beside each other. | Keep one of the two, or word one of them differently.',
    ],
    [
      { ...outer, stages: [applicability, { ...fan, runs: { line: 'inner', items: ['a', 'b'], join: { atLeast: 3 } } }] },
      '3 | Stage "fan" wants 3 runs to end well, and starts 2. | Write at most 2.',
    ],
    [running('…'), '… | "…" leaves nothing to name a branch by. | Use some of the letters a to z, or digits.'],
  ])('%#', (line, complaint) => {
    expect(judged(line)).toBe(complaint);
  });
});
