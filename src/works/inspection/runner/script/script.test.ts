import { describe, expect, it } from 'vitest';
import { dropFlags, partArgs } from './flags.ts';
import { globMatcher } from './glob.ts';
import { parseShellLine } from './shell-line.ts';

const words = (line: string) => parseShellLine(line)[0]?.words ?? [];
const texts = (line: string) => parseShellLine(line).map(({ words: all, after }) => [after, ...all.map((word) => word.text)]);

describe('parseShellLine', () => {
  it('splits at the operators and keeps which one it was', () => {
    expect(texts('xo && tape test/*.js | tap-spec || true; a & b')).toEqual([
      ['', 'xo'],
      ['&&', 'tape', 'test/*.js'],
      ['|', 'tap-spec'],
      ['||', 'true'],
      [';', 'a'],
      ['&', 'b'],
    ]);
  });
  it('keeps quoted operators and spaces inside a word', () => {
    expect(texts(`mocha -g "a && b" 'test/**/*.js'`)).toEqual([['', 'mocha', '-g', 'a && b', 'test/**/*.js']]);
    expect(words(`mocha 'a*' b*`).map((word) => word.quoted)).toEqual([false, true, false]);
  });
  it('drops redirections and reads escaped quotes', () => {
    expect(texts(String.raw`jest > out.txt 2>&1 -t "say \"hi\""`)).toEqual([['', 'jest', '-t', 'say "hi"']]);
    expect(texts('FOO="a b" (node x)')).toEqual([
      ['', 'FOO=a b'],
      [';', 'node', 'x'],
    ]);
  });
});

describe('flags', () => {
  it('takes out each form of a flag and leaves the rest in order', () => {
    const kept = dropFlags(words('--bail 2 -R dot --reporter=x --no-bail --retries 2 test'), {
      alone: ['--bail'],
      valued: ['-R', '--reporter'],
    });
    expect(kept.map((word) => word.text)).toEqual(['--retries', '2', 'test']);
  });
  it('tells the value of a flag from a file', () => {
    const { flags, specs } = partArgs(words('-r esm --timeout=5 test/a.js -- -x'), ['-r']);
    expect(flags.map((word) => word.text)).toEqual(['-r', 'esm', '--timeout=5']);
    expect(specs.map((word) => word.text)).toEqual(['test/a.js', '-x']);
  });
});

describe('globMatcher', () => {
  it.each([
    ['test/**/*.js', ['test/a.js', 'test/b/c.js'], ['test/a.ts', 'lib/test/a.js']],
    ['./test/*.{spec,test}.?(c|m)[jt]s?(x)', ['test/a.spec.js', 'test/a.test.mtsx'], ['test/a.js', 'test/b/a.spec.js']],
    ['**/?(*.)+(spec|test).[jt]s?(x)', ['a/test.js', 'x.spec.ts'], ['test-a.js', 'spec.json']],
    ['test/!(helper)/*.js', ['test/a/b.js'], ['test/helper/b.js']],
    ['test/[ab].js', ['test/a.js'], ['test/c.js']],
    ['**/*.js', ['a.js'], ['.cache/a.js', '.a.js']],
  ])('%s', (pattern, yes, no) => {
    const matches = globMatcher(pattern);
    expect(yes.filter((path) => !matches(path))).toEqual([]);
    expect(no.filter(matches)).toEqual([]);
  });
});
