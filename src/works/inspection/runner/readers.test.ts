import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ProcessResult } from '../../../core/ports/floor.ts';
import { adapters } from './adapters/index.ts';
import { testId, toResults } from './results/reading.ts';
import type { RunnerName, TestPlan } from './types.ts';

const recorded = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');
const recordings = (runner: string) => readdirSync(new URL('fixtures/', import.meta.url)).filter((name) => name.startsWith(`${runner}-`));

const plan: TestPlan = {
  runner: 'tap',
  version: null,
  directory: '',
  argv: ['node'],
  env: {},
  resultFile: null,
  files: [],
  specs: [],
  prepare: [],
  uncovered: [],
  style: { sample: null, module: 'cjs', assertions: [], loads: [], early: false },
  reason: '',
};

function read(
  runner: RunnerName,
  given: { readonly text?: string; readonly process?: Partial<ProcessResult>; readonly files?: readonly string[] },
) {
  const process: ProcessResult = {
    exit: { kind: 'exited', code: 1 },
    stdout: '',
    stderr: '',
    truncated: false,
    durationMs: 1,
    ...given.process,
  };
  const reading = adapters[runner].read({ plan: { ...plan, runner }, text: given.text ?? null, process, files: given.files ?? [] });
  const results = Object.fromEntries([...toResults(reading, '/project')].map(([id, { status }]) => [id, status]));
  return { ...reading, results };
}

describe('tap, as recorded from the tool', () => {
  // One file with noise that looks like TAP, one without subtests, one that throws when it is loaded, one that exits.
  it.each(recordings('tap'))('%s gives every subtest its result', (name) => {
    const { results, finished } = read('tap', { process: { stdout: recorded(name) } });
    expect(finished).toBe(true);
    expect(results).toMatchObject({
      'test/a.js > pass': 'pass',
      'test/a.js > fail': 'fail',
      'test/a.js > sk': 'skip',
      'test/a.js > td': 'skip',
      'test/a.js > todo no fn': 'skip',
      'test/a.js > outer': 'pass',
      'test/a.js > outer > inner': 'pass',
      'test/a.js > outer > dup': 'pass',
      'test/a.js > outer > dup #2': 'pass',
      'test/b.js': 'pass',
      'test/c.js': 'crash',
      'test/d.js > x': 'pass',
      'test/d.js > e': 'fail',
    });
    expect(results['test/d.js > later'] ?? 'missing').not.toBe('pass');
  });
  it('takes nothing from output that was cut', () => {
    const { results, finished } = read('tap', { process: { stdout: recorded('tap-16.3.10.tap'), truncated: true } });
    expect({ results, finished }).toEqual({ results: {}, finished: false });
  });
  it('is not finished where the end is missing', () => {
    const whole = recorded('tap-16.3.10.tap');
    expect(read('tap', { process: { stdout: whole.slice(0, whole.indexOf('# Subtest: test/d.js')) } }).finished).toBe(false);
  });
});

describe('ava, as recorded from the tool', () => {
  const files = ['test/a.test.js', 'test/c.test.js', 'test/d.test.js', 'test/h.test.js'];
  it.each(recordings('ava'))('%s gives every test its result and each dead file a crash', (name) => {
    const { results, finished } = read('ava', { process: { stdout: recorded(name) }, files });
    expect(finished).toBe(true);
    expect(results).toMatchObject({
      'test/a.test.js > pass': 'pass',
      'test/a.test.js > fail': 'fail',
      'test/a.test.js > sk': 'skip',
      'test/a.test.js > td': 'skip',
      'test/a.test.js > known': 'pass',
      'test/a.test.js > with › sep #2': 'pass',
      'test/c.test.js': 'crash',
      'test/d.test.js': 'crash',
      'test/h.test.js > before hook': 'fail',
    });
    expect(Object.entries(results).filter(([id, status]) => /test\/[dh]\./.test(id) && status === 'pass')).toEqual([]);
  });
});

describe('JSON lines of the factory’s reporters', () => {
  const line = (n: number, entry: object) => `${JSON.stringify({ n, ...entry })}\n`;
  const one = { file: 'test/a.js', path: ['adds'], status: 'pass' };
  it('are read whole', () => {
    const text =
      line(1, { cwd: '/project' }) +
      line(2, { running: 'test/a.js' }) +
      line(3, one) +
      line(4, { ...one, status: 'fail' }) +
      line(5, { end: true });
    expect(read('mocha', { text })).toMatchObject({
      results: { 'test/a.js > adds': 'pass', 'test/a.js > adds #2': 'fail' },
      finished: true,
      running: [],
    });
  });
  it('are not believed where one was added', () => {
    const text = line(1, { cwd: '/project' }) + line(1, one) + line(2, { ...one, status: 'fail' }) + line(3, { end: true });
    expect(read('mocha', { text })).toMatchObject({ results: {}, finished: false });
  });
  it('name the file that was running where the run was cut off', () => {
    const text = `${line(1, { cwd: '/project' })}${line(2, { running: 'test/a.js' })}{"n":3,"fi`;
    expect(read('mocha', { text, process: { exit: { kind: 'timed-out', afterMs: 5 } } })).toMatchObject({
      finished: false,
      running: ['test/a.js'],
    });
  });
  it('name the file that the runner could not load', () => {
    const stderr = '\n  SyntaxError: Unexpected token\n    at /project/test/b.js:3:1';
    const { results } = read('mocha', { process: { stderr }, files: ['test/a.js', 'test/b.js'] });
    expect(results).toEqual({ 'test/b.js': 'crash' });
  });
});

describe('tape, under the factory’s driver', () => {
  const lines = (...entries: readonly object[]) => entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
  const ran = (tap: string, code = 0) =>
    lines(
      { running: 'test/a.js' },
      { tapOf: 'test/a.js', text: tap },
      { done: 'test/a.js', code, signal: null, said: 'Error: boom' },
      { end: true },
    );
  it('lets one failing assertion decide a test, and todo and skip none', () => {
    const tap =
      'TAP version 13\n# one\nok 1 a\nnot ok 2 b\nok 3 c\n# two\nnot ok 4 d # TODO\nok 5 e # SKIP\n\n1..5\n# tests 5\n# pass 4\n# fail 1\n';
    expect(read('tape', { text: ran(tap, 1) }).results).toEqual({ 'test/a.js > one': 'fail', 'test/a.js > two': 'pass' });
  });
  it('believes nothing of the test in which a file was cut off', () => {
    const tap = 'TAP version 13\n# one\nok 1 a\n# two\nok 2 b\n';
    expect(read('tape', { text: ran(tap) }).results).toEqual({ 'test/a.js > one': 'pass', 'test/a.js': 'crash' });
  });
  it('names a file that dies after its tests, and passes by one that has none', () => {
    const tap = 'TAP version 13\n# one\nok 1 a\n\n1..1\n# tests 1\n# pass 1\n';
    expect(read('tape', { text: ran(tap, 7) }).results).toEqual({ 'test/a.js > one': 'pass', 'test/a.js': 'crash' });
    expect(read('tape', { text: ran('') }).results).toEqual({});
  });
  it('is not believed where a line is not the driver’s', () => {
    expect(read('tape', { text: `${ran('')}{"status":"pass"}\n` })).toMatchObject({ results: {}, finished: false });
  });
});

describe('JUnit XML', () => {
  const xml = `<?xml version="1.0"?><testsuites><testsuite name="Sum" file="test/sum.js"><testcase name="adds" classname="Sum"/>
    <testcase name="breaks" classname="Sum"><failure message="1 != 2">at x</failure></testcase><testcase name="later"><skipped/></testcase>
    <testsuite name="inner"><testcase name="adds"/></testsuite></testsuite></testsuites>`;
  it('is read with suites and file names', () => {
    const { results, finished } = read('junit', { text: xml });
    expect(results).toEqual({
      'test/sum.js > Sum > adds': 'pass',
      'test/sum.js > Sum > breaks': 'fail',
      'test/sum.js > Sum > later': 'skip',
      'test/sum.js > Sum > inner > adds': 'pass',
    });
    expect(finished).toBe(true);
  });
  it('gives files by their place in the project', () => {
    expect(read('junit', { text: xml.replace('test/sum.js', '/project/test/sum.js') }).results).toMatchObject({
      'test/sum.js > Sum > adds': 'pass',
    });
  });
  it.each(['', 'no xml', xml.slice(0, 200), '<html></html>'])('is refused where it is cut off or something else', (text) => {
    expect(read('junit', { text })).toMatchObject({ results: {}, finished: false });
  });
});

describe('ids', () => {
  it('hold nothing that differs between two runs of one test', () => {
    const title = 'writes /project/out and /tmp/x-Ab12/f on localhost:40123 (12ms)';
    expect(testId('test/a.js', ['outer\n one', title], '/project')).toBe('test/a.js > outer one > writes out and <tmp> on localhost:PORT');
  });
});
