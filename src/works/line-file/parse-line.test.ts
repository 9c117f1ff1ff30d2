import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isJidokaError, type JidokaError } from '../../core/base/error.ts';
import { parseLine } from './index.ts';

const deps = read('lines/deps/line.yaml');
const examples = ['reviewed-task', 'fan-out', 'words'].map((name) => ({
  path: `examples/lines/${name}.yaml`,
  text: read(`examples/lines/${name}.yaml`),
}));

/** A file of the repository. */
function read(path: string): string {
  return readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
}

/** The built-in line with one text replaced; fails where there is nothing to replace. */
function depsWith(before: string | RegExp, after: string): string {
  const text = deps.replace(before, after);
  if (text === deps) throw new Error(`nothing matched ${String(before)}`);
  return text;
}

function faultOf(text: string): JidokaError {
  try {
    parseLine(text, 'my/line.yaml');
  } catch (error) {
    if (isJidokaError(error)) return error;
    throw error;
  }
  throw new Error('the line was accepted');
}

/** Line and column, from 1, of the first place of a text. */
function placeOf(text: string, needle: string): string {
  const before = text.slice(0, text.indexOf(needle));
  const line = before.split('\n').length;
  return `my/line.yaml:${line}:${before.length - before.lastIndexOf('\n')}: `;
}

describe('parseLine', () => {
  it.each(['deps', 'cve'])('reads the built-in line %s', (name) => {
    const line = parseLine(read(`lines/${name}/line.yaml`), 'line.yaml');
    expect(line.name).toBe(name);
    expect(line.stages.map(({ does }) => does)).toEqual(['applicability', 'baseline', 'change', 'inspection']);
  });

  it.each(examples)('reads the example $path', ({ path, text }) => {
    const roles = [{ path: 'roles/documenter.md', text: read('examples/lines/roles/documenter.md') }];
    expect(path).toContain(`/${parseLine(text, path, roles).name}.yaml`);
  });

  it('finds every block of docs/LINES.md in an example that it reads, or in a line that is built in', () => {
    const shown = [...examples.map(({ text }) => text), ...['bug', 'review', 'flaky'].map((line) => read(`lines/${line}/line.yaml`))];
    const blocks = [...read('docs/LINES.md').matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, block = '']) => block);
    expect(blocks.length).toBeGreaterThan(4);
    for (const block of blocks) expect(shown.filter((text) => text.includes(block)).length, block).toBeGreaterThan(0);
  });

  it('points at an unknown key and names the one that was meant', () => {
    const text = depsWith('\nnonGoals:', '\nnonGoal:');
    const fault = faultOf(text);
    expect(fault.code).toBe('line-invalid');
    expect(fault.message).toBe(`${placeOf(text, 'nonGoal:')}Unknown key "nonGoal".`);
    expect(fault.mend).toBe('Did you mean "nonGoals"?');
  });

  it('points at an unknown key deep inside', () => {
    const text = depsWith('retries: 2 }', 'retrys: 2 }');
    expect(faultOf(text)).toMatchObject({ message: `${placeOf(text, 'retrys')}Unknown key "retrys".`, mend: 'Did you mean "retries"?' });
  });

  it('lists what is known where no key is near', () => {
    expect(faultOf(depsWith('\npolicy:\n', '\npolicy:\n  colour: red\n')).mend).toBe(
      'Known here: baselineRuns, minimumReleaseAgeDays, reuseBaseline.',
    );
  });

  it('points at a value of the wrong type', () => {
    const text = depsWith('baselineRuns: 2', 'baselineRuns: two');
    expect(faultOf(text).message).toBe(`${placeOf(text, 'two')}"policy.baselineRuns" is text, not a number.`);
  });

  it('points at a number out of its bounds', () => {
    const fault = faultOf(depsWith('baselineRuns: 2', 'baselineRuns: 9'));
    expect(fault.message).toContain('"policy.baselineRuns" is not right');
    expect(fault.mend).toBe('The most is 5.');
  });

  it('points at a duration it cannot read', () => {
    const text = depsWith('timeout: 5m', 'timeout: soon');
    expect(faultOf(text).message).toBe(
      `${placeOf(text, 'soon')}"stages[1].timeout" is not right: a duration such as "90s", "5m", "1h" or "7d".`,
    );
  });

  it('points at a key that is given twice', () => {
    const text = `${deps}summary: again\n`;
    expect(faultOf(text).message).toBe(`${placeOf(text, 'summary: again')}This key is already given above.`);
  });

  it('points at a check that does not exist', () => {
    const text = depsWith('check: canary', 'check: canari');
    expect(faultOf(text)).toMatchObject({
      message: `${placeOf(text, 'canari')}"inspection[${indexOfCheck(text, 'canari')}].check" cannot be "canari".`,
      mend: 'Did you mean "canary"?',
    });
  });

  it('points at the first of many faults', () => {
    const text = depsWith('baselineRuns: 2', 'baselineRuns: two').replace('\nsummary:', '\nsumary:');
    expect(faultOf(text).message).toBe(`${placeOf(text, 'sumary:')}Unknown key "sumary".`);
  });

  it('points at the mapping that lacks a key', () => {
    expect(faultOf(depsWith(/\npolicy:[^]*$/, '\n')).message).toContain(':2:1: "policy" is missing from the line.');
    const text = depsWith('id: change, ', '');
    expect(faultOf(text).message).toBe(`${placeOf(text, '{ does: change')}"id" is missing from "stages[2]".`);
  });

  it('names the shapes of a value that may have several', () => {
    const text = depsWith('does: inspection,', 'does: inspection, join: most,');
    expect(faultOf(text)).toMatchObject({
      message: `${placeOf(text, 'most')}"stages[3].join" cannot be "most".`,
      mend: 'Known here: all, any, { atLeast: … }.',
    });
    expect(faultOf(depsWith('does: inspection,', 'does: inspection, join: al,')).mend).toBe('Did you mean "all"?');
    const unknown = depsWith('does: inspection,', 'does: inspection, join: { atleast: 2 },');
    expect(faultOf(unknown)).toMatchObject({
      message: `${placeOf(unknown, 'atleast')}Unknown key "atleast".`,
      mend: 'Did you mean "atLeast"?',
    });
    expect(faultOf(depsWith('does: inspection,', 'does: inspection, join: { atLeast: 0 },')).mend).toBe('The least is 1.');
  });

  it('points into a line within the line', () => {
    const text = `${deps}lines:\n${deps
      .replaceAll(/^(?=.)/gm, '    ')
      .replace('    #', '  -\n    #')
      .replace('nonGoals:', 'nonGoal:')}`;
    expect(faultOf(text)).toMatchObject({
      message: `${placeOf(text, 'nonGoal:')}Unknown key "nonGoal".`,
      mend: 'Did you mean "nonGoals"?',
    });
  });

  it('refuses a check that is listed twice', () => {
    const text = depsWith('check: canary', 'check: tests');
    expect(faultOf(text).message).toContain('"tests" is already in "inspection".');
  });

  it.each([
    ['a tab', 'name:\n\tx: 1', 'my/line.yaml:2:1: This is not YAML'],
    ['an open bracket', 'name: [a', 'my/line.yaml:1:9: This is not YAML'],
    ['a list', '- a', 'my/line.yaml:1:1: the line is a list, not a mapping.'],
    ['nothing', '', 'my/line.yaml:1:1: the line is empty, not a mapping.'],
    ['two documents', `${deps}---\n${deps}`, 'This is not YAML'],
    ['an alias of nothing', 'name: *b', 'my/line.yaml:1:7: "*b" stands for nothing above.'],
    [
      'a line within itself',
      'name: x\nlines:\n  - &b\n    name: y\n    lines: [*b]\n',
      'my/line.yaml:5:13: "*b" stands inside of what it stands for.',
    ],
    ['aliases without end', 'a: &a [x, x]\n' + doublings(), 'my/line.yaml:1:1: The aliases of this file repeat too much.'],
    ['brackets without end', '[\n'.repeat(5000), 'my/line.yaml:1:1: It opens more than 64 brackets within each other.'],
    ['dashes without end', '- '.repeat(5000), 'my/line.yaml:1:1: A line begins with more than 256 blanks and dashes.'],
    ['a novel', `#${'x'.repeat(300_000)}`, 'my/line.yaml:1:1: It has 300001 characters, more than 262144.'],
  ])('refuses %s', (_, text, message) => {
    expect(faultOf(text).message).toContain(message);
  });
});

/** Each name stands for two of the one before. */
function doublings(): string {
  const names = [...'bcdefghijklmnop'];
  return names.map((name, at) => `${name}: &${name} [*${names[at - 1] ?? 'a'}, *${names[at - 1] ?? 'a'}]\n`).join('');
}

function indexOfCheck(text: string, check: string): number {
  return text.slice(text.indexOf('inspection:\n'), text.indexOf(check)).split('- {').length - 2;
}
