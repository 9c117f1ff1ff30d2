import { fact, type FactOf, type Finding } from '../../../core/evidence/fact.ts';
import type { Collected } from './collect-coverage.ts';
import { linesRun } from './lines-run.ts';

/** A changed source file as the branch has it, and the lines that the branch added. */
export interface ChangedSource {
  readonly path: string;
  readonly text: string;
  readonly added: readonly number[];
}

/**
 * Says which of the added lines no test of the branch runs, by what Node itself counted. Code that Node ran in another form
 * than the file has (compiled, instrumented) is told as unknown, and so is a suite that Node did not count in at all.
 */
export function coverageFact(sources: readonly ChangedSource[], collected: Collected | null): FactOf<'coverage'> {
  const none = { lines: 0, covered: 0, unknown: [], findings: [] };
  if (sources.every(({ text, added }) => codeAmong(text, added).length === 0))
    return fact('coverage', 'holds', 'no-source-line', 'The change adds no line of source.', none);
  if (collected === null || collected.seen === 0)
    return fact(
      'coverage',
      'unknown',
      'not-counted',
      'Node counted nothing of this suite, so that nothing is known of the lines it runs.',
      {
        ...none,
        unknown: sources.map(({ path }) => path),
      },
    );
  const judged = sources.filter(({ added }) => added.length > 0).map((source) => judge(source, collected));
  const lines = judged.flatMap(({ counted }) => counted);
  const covered = judged.flatMap((each) => each.covered);
  const unknown = judged.flatMap((each) => each.unknown);
  const findings = judged.flatMap(({ path, missed }) => groups(missed).map((group) => findingOf(path, group)));
  const data = { lines: lines.length, covered: covered.length, unknown, findings };
  if (findings.length > 0)
    return fact(
      'coverage',
      'broken',
      'lines-not-run',
      `${lines.length - covered.length} of ${lines.length} added lines of source are run by no test.`,
      data,
    );
  if (lines.length === 0)
    return fact(
      'coverage',
      'unknown',
      'not-counted',
      `Node ran ${unknown.length} changed file(s) in another form than they have, so that nothing is known of their lines.`,
      data,
    );
  return fact('coverage', 'holds', 'lines-run', `All ${lines.length} added lines of source are run by the suite of the branch.`, data);
}

interface Judged {
  readonly path: string;
  readonly counted: readonly number[];
  readonly covered: readonly number[];
  readonly missed: readonly number[];
  readonly unknown: readonly string[];
}

function judge({ path, text, added }: ChangedSource, { scripts }: Collected): Judged {
  const ran = scripts.filter((script) => script.path === path);
  const seen = ran.map((script) => linesRun(text, script.functions));
  const same = seen.filter((lines) => lines !== null);
  const counted = codeAmong(text, added);
  if (ran.length > 0 && same.length === 0) return { path, counted: [], covered: [], missed: [], unknown: [path] };
  const covered = counted.filter((line) => same.some((lines) => lines.has(line)));
  return { path, counted, covered, missed: counted.filter((line) => !covered.includes(line)), unknown: [] };
}

function codeAmong(text: string, added: readonly number[]): readonly number[] {
  const lines = text.split('\n');
  return added.filter((line) => isCode(lines[line - 1] ?? ''));
}

/** A line on which something can be run: no blank, no comment, no bracket alone. */
function isCode(line: string): boolean {
  const text = line.trim();
  return text !== '' && !/^(?:\/\/|\/\*|\*)/.test(text) && /[\w$'"`]/.test(text);
}

/** Lines that follow one another, as one. */
function groups(lines: readonly number[]): readonly (readonly [number, number])[] {
  const found: [number, number][] = [];
  for (const line of lines) {
    const open = found.at(-1);
    if (open?.[1] === line - 1) open[1] = line;
    else found.push([line, line]);
  }
  return found;
}

function findingOf(file: string, [first, last]: readonly [number, number]): Finding {
  const which = first === last ? 'this line is' : `lines ${first} to ${last} are`;
  return { rule: 'lines-not-run', file, line: first, message: `${which} run by no test of the branch` };
}
