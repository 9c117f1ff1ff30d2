import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { isJidokaError } from '../../core/base/error.ts';
import type { Line } from '../../core/line/line.ts';
import { builtInLine } from '../../plant/lines/index.ts';
import { forceStation, parseLine, withoutUnnamed } from './index.ts';

async function reviewLine(): Promise<Line> {
  const { text, path, roles } = await builtInLine('review');
  return parseLine(text, path, roles);
}

async function complaint(change: (line: Line) => Line): Promise<string> {
  const line = await reviewLine();
  const { roles: _, ...changed } = change(line);
  try {
    parseLine(stringify(changed), 'trial.yaml', [{ path: 'roles/reviewer.md', text: 'You read.' }]);
    return 'none';
  } catch (error) {
    if (isJidokaError(error)) return `${error.message} ${error.mend}`;
    throw error;
  }
}

const without = (id: string) => (line: Line) => ({ ...line, stages: line.stages.filter((stage) => stage.id !== id) });

describe('the line that reviews a branch', () => {
  it('is done without any station, unless one is named for its reader', async () => {
    const line = await reviewLine();
    expect(withoutUnnamed(line).stages.map(({ id }) => id)).toEqual(['applicability', 'given', 'baseline', 'inspection']);
    const forced = forceStation(line, 'codex').stages.at(-1);
    expect(forced).toMatchObject({ id: 'reading', does: 'judgement', form: 'review', station: 'codex' });
    expect(withoutUnnamed(forceStation(line, 'codex')).stages).toHaveLength(5);
  });

  it.each<[string, (line: Line) => Line]>([
    ['none', (line) => line],
    ['No stage does "given"', without('given')],
    [
      'can be begun without applicability before it',
      (line) => ({ ...line, stages: line.stages.toSorted((a, b) => Number(b.id === 'inspection') - Number(a.id === 'inspection')) }),
    ],
    [
      'does change, and this line\'s seed is "branch"',
      (line) => ({
        ...line,
        stages: [...line.stages.slice(0, 3), { id: 'mend', does: 'change', station: 'mechanic' }, ...line.stages.slice(3)],
      }),
    ],
    ['the rule "nothing-to-object", which it does not list', (line) => ({ ...line, noOpRules: [] })],
    [
      'names no station, so that it would be left out',
      (line) => ({ ...line, stages: [...line.stages, { id: 'last', does: 'command', run: ['true'] }] }),
    ],
    ['No stage does "change"', (line) => ({ ...line, seed: 'ticket' })],
  ])('%s', async (message, change) => {
    expect(await complaint(change)).toContain(message);
  });

  it('keeps its checks to itself', async () => {
    const { text, path, roles } = await builtInLine('deps');
    const more = text.replace('inspection:\n', 'inspection:\n  - { check: new-tests, demand: must-hold }\n');
    expect(() => parseLine(more, path, roles)).toThrow(/The check "new-tests" is about a branch/);
  });
});
