import { expect, it } from 'vitest';
import { rescueSigns } from './difficulty.ts';
import { hasFailed } from './has-failed.ts';

it.each<[string, boolean]>([
  ['Exit code: 1\nWall time: 0.1 seconds\nOutput:\n', true],
  ['{"output":"no","metadata":{"exit_code":2}}', true],
  ['Error: no such file', true],
  ['The command exited with code 127', true],
  [`${'line\n'.repeat(1000)}(exit status 1)`, true],
  ['Exit code: 0\nOutput: 10 errors were mended', false],
  ['const error = 1;', false],
  ['', false],
])('what a tool gave, %j, says that it failed: %s', (text, failed) => {
  expect(hasFailed({ text, isError: false })).toBe(failed);
});

it('an API that has a word for it is believed', () => {
  expect(hasFailed({ text: 'Fine.', isError: true })).toBe(true);
});

it('an edit that puts a text back as it was is a sign of being stuck, in the same file alone', () => {
  const edit = (file: string, from: string, to: string, failed = false) => ({
    call: `edit ${file} ${from} ${to}`,
    failed,
    edit: { file, from, to },
  });
  expect(rescueSigns([edit('a', 'x', 'y'), edit('a', 'y', 'z'), edit('a', 'y', 'x')])).toEqual(['edit-undone']);
  expect(rescueSigns([edit('a', 'x', 'y'), edit('b', 'y', 'x'), edit('a', 'y', 'z')])).toEqual([]);
  expect(rescueSigns([edit('a', 'x', 'y', true), edit('a', 'y', 'x')])).toEqual([]);
  expect(rescueSigns([edit('a', 'x', 'x'), edit('a', 'x', 'x')])).toEqual([]);
});
