import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isJidokaError, type JidokaError } from '../../core/base/error.ts';
import { parseLine } from './index.ts';

const deps = readFileSync(new URL('../../../lines/deps/line.yaml', import.meta.url), 'utf8');

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
    const text = readFileSync(new URL(`../../../lines/${name}/line.yaml`, import.meta.url), 'utf8');
    const line = parseLine(text, 'line.yaml');
    expect(line.name).toBe(name);
    expect(line.stages.map(({ does }) => does)).toEqual(['applicability', 'baseline', 'change', 'inspection']);
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
    expect(faultOf(text).message).toBe(`${placeOf(text, 'soon')}"stages[1].timeout" is not right: a duration such as "90s", "5m" or "1h".`);
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

  it('points at stages in the wrong order', () => {
    const lines = deps.split('\n');
    const at = lines.findIndex((line) => line.includes('does: change'));
    const text = [...lines.slice(0, at - 1), lines[at] ?? '', lines[at - 1] ?? '', ...lines.slice(at + 1)].join('\n');
    expect(faultOf(text)).toMatchObject({
      message: `${placeOf(text, '{ id: baseline')}Stage "baseline" (baseline) is out of order.`,
      mend: 'A line has each of these once, in this order: applicability, baseline, change, inspection.',
    });
  });

  it('names a stage that is missing', () => {
    const text = depsWith(/\n.*does: baseline.*/, '');
    expect(faultOf(text).message).toBe(`${placeOf(text, 'stages:')}No stage does "baseline".`);
  });

  it('wants a station for the change and none elsewhere', () => {
    expect(faultOf(depsWith('station: mechanic, ', '')).message).toContain('Stage "change" has no station');
    expect(faultOf(depsWith('does: baseline,', 'does: baseline, station: mechanic,')).message).toContain('which the factory does itself');
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
  ])('refuses %s', (_, text, message) => {
    expect(faultOf(text).message).toContain(message);
  });
});

function indexOfCheck(text: string, check: string): number {
  return text.slice(text.indexOf('inspection:\n'), text.indexOf(check)).split('- {').length - 2;
}
