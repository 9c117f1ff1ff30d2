import type { TestResult } from '../types.ts';

/** What an adapter makes of a runner's output, before ids are given. */
export interface Reading {
  readonly reports: readonly TestReport[];
  /** Files that could not be loaded or died, with what they said. */
  readonly crashes: readonly { readonly file: string; readonly message: string }[];
  /** Files that had begun and not ended. */
  readonly running: readonly string[];
  /** Whether the runner itself came to its end and said so. */
  readonly finished: boolean;
  /** Why the output cannot be taken as it is, null where it can. */
  readonly problem: string | null;
}

/** One test as its runner reported it. */
export interface TestReport {
  /** Relative to the project folder, posix; '' where the runner does not say. */
  readonly file: string;
  /** Titles of the suites and of the test; empty for a file that is one test. */
  readonly path: readonly string[];
  readonly status: 'pass' | 'fail' | 'skip';
  readonly message?: string | undefined;
}

/** A reading of output that says nothing that can be trusted. */
export function unreadable(problem: string): Reading {
  return { reports: [], crashes: [], running: [], finished: false, problem };
}

/**
 * Gives every report its id; reports of one name in one file are numbered in the order they came.
 * `root` is the folder the run saw as its project folder; ids and messages do not contain it.
 */
export function toResults(reading: Reading, root: string): ReadonlyMap<string, TestResult> {
  const results = new Map<string, TestResult>();
  const seen = new Map<string, number>();
  for (const { path, status, message, ...report } of reading.reports) {
    const file = inProject(report.file, root);
    const name = testId(file, path, root);
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    const id = count === 1 ? name : `${name} #${count}`;
    results.set(id, { status, ...said(message, root), ...(file === '' ? {} : { file }) });
  }
  for (const { file, message } of reading.crashes) {
    results.set(testId(file, [], root), { status: 'crash', ...said(message, root), file });
  }
  return results;
}

function inProject(file: string, root: string): string {
  return root !== '' && file.startsWith(`${root}/`) ? file.slice(root.length + 1) : file;
}

/**
 * Makes an id of a file and titles, free of what differs between two runs of the same test: the workspace's folder,
 * temporary folders, ports and durations.
 *
 * @example
 * testId('test/a.js', ['server', 'listens on localhost:40123'], '/tmp/w'); // 'test/a.js > server > listens on localhost:PORT'
 */
export function testId(file: string, path: readonly string[], root: string): string {
  return [file, ...path.map((title) => steady(title, root))].filter((part) => part !== '').join(' > ');
}

function steady(title: string, root: string): string {
  return plain(title, root)
    .replaceAll(/(?:\/private)?(?:\/var\/folders|\/tmp)\/[\w./+-]+/g, '<tmp>')
    .replaceAll(/(localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\]):\d{2,5}/g, '$1:PORT')
    .replaceAll(/\s*[([]\d+(?:\.\d+)?\s?m?s[)\]]$/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** First lines of a message: enough to name a break, little enough for an event. */
function said(message: string | undefined, root: string): { readonly message?: string } {
  if (message === undefined || message.trim() === '') return {};
  const lines = plain(message, root).trim().split('\n');
  return { message: lines.slice(0, 12).join('\n').slice(0, 1200) };
}

const colours = /\u001B\[[\d;]*m/g;

function plain(text: string, root: string): string {
  const clean = text.replaceAll(colours, '');
  return root === '' ? clean : clean.replaceAll(`${root}/`, '').replaceAll(root, '.');
}
