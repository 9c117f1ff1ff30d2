import { describe, expect, it } from 'vitest';
import { type Deed, deedsFor } from './deeds.ts';
import { type SuiteModule, type SuiteRunner, sourceWith, suiteFor, testFile } from './suites.ts';

/** What was seen of one run of a suite. */
export interface SeenRun {
  /** Status by id. */
  readonly results: Readonly<Record<string, string>>;
  readonly ended: string;
  /** Files that were running when the run was cut off. */
  readonly running: readonly string[];
  /** What the canary was reported as, null where none was laid in. */
  readonly canary: string | null;
  /** Files in the project folder after the run that were not there before. */
  readonly left: readonly string[];
}

/** Runs the suite of a repository made of `files`, with a canary or without. */
export type RunSuite = (
  files: Readonly<Record<string, string>>,
  options: { readonly timeoutMs: number; readonly canary?: boolean },
) => Promise<SeenRun>;

interface Given {
  readonly runner: SuiteRunner;
  readonly module: SuiteModule;
  readonly run: RunSuite;
}

/** The promises kept for every runner: results by id, honest names for what went wrong, and a canary that tells. */
export function runnerContract(runner: SuiteRunner, run: RunSuite): void {
  describe(`runner: ${runner}`, () => {
    places({ runner, module: 'cjs', run });
    endings({ runner, module: 'cjs', run });
  });
  for (const module of ['cjs', 'esm'] as const) {
    describe(`runner: ${runner} (${module})`, () => {
      const given = { runner, module, run };
      results(given);
      canaries(given);
    });
  }
}

const timeoutMs = 60_000;

function results({ runner, module, run }: Given): void {
  const { files, expected } = suiteFor(runner, module);
  it('reports every test by its id, whatever the tests print', async () => {
    const seen = await run(files, { timeoutMs });
    expect(seen).toEqual({ results: expected, ended: 'complete', running: [], canary: null, left: [] });
  });
  it('names a file that cannot be loaded, and calls nothing of it passed', async () => {
    const broken = testFile(runner, module, `throw new Error('cannot load this');`);
    const seen = await run({ ...files, 'test/broken.test.js': broken }, { timeoutMs });
    expect(seen.results['test/broken.test.js']).toBe('crash');
    expect(Object.entries(seen.results).filter(([id, status]) => id.startsWith('test/broken') && status === 'pass')).toEqual([]);
  });
}

function places({ runner, module, run }: Given): void {
  const { files } = suiteFor(runner, module);
  it('gives the same ids in another folder', async () => {
    const named = testFile(runner, module, namedByPlace(runner));
    const [first, second] = [
      await run({ ...files, 'test/place.test.js': named }, { timeoutMs }),
      await run({ ...files, 'test/place.test.js': named }, { timeoutMs }),
    ];
    expect(Object.keys(first.results)).toContain('test/place.test.js > in test on localhost:PORT');
    expect(Object.keys(second.results).sort()).toEqual(Object.keys(first.results).sort());
  });
}

/** A title made of the folder and of a port, as suites have them. */
function namedByPlace(runner: SuiteRunner): string {
  const title = '`in ${process.cwd()}/test on localhost:${40000 + Math.floor(Math.random() * 9999)}`';
  const byT = runner === 'ava' ? '(t) => { t.pass(); }' : '(t) => { t.ok(true); t.end(); }';
  return ['tape', 'tap', 'ava'].includes(runner) ? `test(${title}, ${byT});` : `it(${title}, () => {});`;
}

function endings({ runner, module, run }: Given): void {
  const { files } = suiteFor(runner, module);
  it('names a hang and the ids that did report', async () => {
    const hang = testFile(runner, module, hangOf(runner));
    const seen = await run({ ...files, 'test/zz-hang.test.js': hang }, { timeoutMs: 6_000 });
    expect(seen.ended).toBe('timed-out');
    expect(seen.results['test/zz-hang.test.js > hangs']).not.toBe('pass');
    expect(seen.left).toEqual([]);
    // ava does not say which file was running.
    expect(seen.running.includes('test/zz-hang.test.js')).toBe(runner !== 'ava');
  });
  // vitest turns process.exit into an error, so that the test goes on and is honest.
  it.skipIf(runner === 'vitest')('calls no test passed that a process.exit(0) cut off', async () => {
    const deed = 'setTimeout(() => process.exit(0), 0);';
    const seen = await run(
      { ...files, 'src/sum.js': sourceWith(module, deed), 'test/other.test.js': testFile(runner, module, waitsOf(runner)) },
      { timeoutMs },
    );
    expect(seen.results['test/other.test.js > waits']).not.toBe('pass');
  });
}

/** A test that holds its thread for ever, so that nothing of it can be interrupted from within; it needs no processor for it. */
function hangOf(runner: SuiteRunner): string {
  const word = ['tape', 'tap', 'ava'].includes(runner) ? 'test' : 'it';
  return `${word}('hangs', () => { for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); });`;
}

function waitsOf(runner: SuiteRunner): string {
  if (runner === 'ava') return `test('waits', async (t) => { await new Promise((done) => setTimeout(done, 1500)); t.pass(); });`;
  if (runner === 'tape' || runner === 'tap') return `test('waits', (t) => { setTimeout(() => { t.ok(true); t.end(); }, 1500); });`;
  return `it('waits', () => new Promise((done) => setTimeout(done, 1500)));`;
}

function canaries({ runner, module, run }: Given): void {
  const { files, expected } = suiteFor(runner, module);
  const options = { timeoutMs, canary: true };
  it('reports a canary as failed in an honest tree, and leaves no trace of it', async () => {
    const seen = await run(files, options);
    expect(seen).toEqual({ results: expected, ended: 'complete', running: [], canary: 'fail', left: [] });
  });
  it.each(deedsFor(runner, module))('does not believe a source that $name', async (deed: Deed) => {
    const seen = await run({ ...files, ...deed.files, 'src/sum.js': sourceWith(module, deed.code) }, options);
    const lost = Object.entries(expected).filter(([id, status]) => status === 'pass' && seen.results[id] !== 'pass');
    const shows = seen.canary !== 'fail' || (deed.seenBy === 'run' && lost.length > 0);
    expect(shows, `canary ${seen.canary}, ${lost.length} ids lost`).toBe(true);
  });
}
