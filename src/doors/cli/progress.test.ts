import { describe, expect, it } from 'vitest';
import { RecordingWorld, type WorldSetting } from '../../../kit/factory/index.ts';
import type { Progress } from '../../core/ports/factory.ts';
import { startProgress } from './progress.ts';

const begun: readonly Progress[] = [
  { kind: 'planned', runs: 1, message: 'ms 2.1.2 -> 2.1.3' },
  { kind: 'run', run: 'deps-ms', title: 'ms 2.1.2 -> 2.1.3', joined: 'new' },
  { kind: 'stage', run: 'deps-ms', stage: 'baseline', state: 'started', message: '' },
];
const done: Progress = { kind: 'stage', run: 'deps-ms', stage: 'baseline', state: 'done', message: '57 tests' };

function told(
  events: readonly Progress[],
  setting: Partial<WorldSetting> = {},
): { readonly world: RecordingWorld; readonly teller: ReturnType<typeof startProgress> } {
  const world = new RecordingWorld({ cwd: '/', ...setting });
  const teller = startProgress(world, 'jidoka');
  for (const event of events) teller.watch(event);
  return { world, teller };
}

describe('progress', () => {
  it('where there is no terminal is plain lines without cursor codes', () => {
    const { world, teller } = told([...begun, { kind: 'note', run: 'deps-ms', message: 'npm ci' }]);
    world.pass(3200);
    teller.watch(done);
    teller.stop();
    expect(world.stderr.text).toBe(
      '1 run: ms 2.1.2 -> 2.1.3\nms 2.1.2 -> 2.1.3 (deps-ms)\n  baseline …\n  · npm ci\n  ✓ baseline 3.2 s  57 tests\n',
    );
  });

  it('on a terminal keeps one live line with the time elapsed', () => {
    const { world } = told(begun, { columns: 60, env: { NO_COLOR: '1' } });
    world.pass(2000);
    expect(world.stderr.text.endsWith('\r\u001B[2K  ⠋ baseline 2.0 s')).toBe(true);
  });

  it('the live line never wraps', () => {
    const { world } = told([...begun, { kind: 'note', run: 'deps-ms', message: 'x'.repeat(200) }], { columns: 60, env: { NO_COLOR: '1' } });
    world.pass(100);
    expect(world.stderr.text.split('\u001B[2K').at(-1)?.length).toBeLessThan(60);
  });

  it('nothing is drawn after it stopped', () => {
    const { world, teller } = told(begun, { columns: 60 });
    teller.stop();
    const before = world.stderr.text;
    world.pass(1000);
    expect(world.stderr.text).toBe(before);
    expect(before.endsWith('\r\u001B[2K')).toBe(true);
  });

  it.each([{ CI: 'true' }, { TERM: 'dumb' }])('%j gets plain lines even on a terminal', (env) => {
    const { world } = told(begun, { columns: 60, env: { NO_COLOR: '1', ...env } });
    world.pass(1000);
    expect(world.stderr.text).not.toContain('\r');
  });

  it('tells runs apart while more than one is under way', () => {
    const { world } = told([...begun, { kind: 'run', run: 'deps-ip', title: 'ip', joined: 'resumed' }, done]);
    expect(world.stderr.text).toContain('ip (deps-ip): goes on where it stopped\n  deps-ms ✓ baseline');
  });

  it('says what a run waits for, and how a person answers', () => {
    const waits: Progress = { kind: 'waits', run: 'deps-ms', reason: 'a person at "review"', gate: 'deps-ms/review/1' };
    const { world } = told([...begun, waits, { ...waits, reason: 'line:deps has 2 of 2 slots taken', gate: null }]);
    expect(world.stderr.text).toContain('  … waits: a person at "review"\n');
    expect(world.stderr.text).toContain(' jidoka approve deps-ms/review/1\n');
    expect(world.stderr.text).toContain(" jidoka reject deps-ms/review/1 --note '…'\n");
    expect(world.stderr.text.endsWith('  … waits: line:deps has 2 of 2 slots taken\n')).toBe(true);
  });

  it('knows which runs are under way', () => {
    const { teller } = told(begun);
    expect(teller.underWay()).toEqual(['deps-ms']);
  });

  it('says warnings and failures of stages', () => {
    const { world } = told([
      ...begun,
      { ...done, state: 'failed', message: 'no answer' },
      { kind: 'warning', message: '3 files with uncommitted changes' },
    ]);
    expect(world.stderr.text).toContain('  ✗ baseline 0.0 s  no answer\n! 3 files with uncommitted changes\n');
  });
});
