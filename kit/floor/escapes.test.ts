import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { escapeAttempts } from './escapes.ts';

const run = promisify(execFile);
const attempts = escapeAttempts();

test('no two attempts have one name', () => {
  expect(new Set(attempts.map(({ name }) => name)).size).toBe(attempts.length);
});

test('at least 52 attempts are made, and some of each group', () => {
  expect(attempts.length).toBeGreaterThanOrEqual(52);
  const groups = new Set(attempts.map(({ group }) => group));
  expect(groups.size).toBe(14);
});

test('each script can be read by what runs it, or its refusal would say nothing', async () => {
  const shells = attempts.flatMap(({ script }) => ('sh' in script ? [script.sh] : []));
  const programs = attempts.flatMap(({ script }) => ('node' in script ? [script.node] : []));
  for (const script of shells) await run('sh', ['-n', '-c', script]);
  // As a function's body, which is what node -e takes; it is not run.
  for (const program of programs) expect(() => new Function(program)).not.toThrow();
  expect(shells.length + programs.length).toBe(attempts.length);
});

test('each program of perl in them can be read by perl', async () => {
  const programs = attempts.flatMap(({ script }) =>
    'sh' in script ? [...script.sh.matchAll(/perl -e '([^']*)'/g)].map(([, text]) => text ?? '') : [],
  );
  expect(programs.length).toBeGreaterThan(5);
  for (const program of programs) await run('perl', ['-c', '-e', program]);
});
