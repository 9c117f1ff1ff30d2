import type { RunResult } from '../../core/ports/factory.ts';
import { duration, facts, type Page, plain, verdictMark } from './page.ts';
import { quote } from './self-command.ts';
import { table } from './table.ts';

export interface ResultContext {
  /** Path or URL of the target repository, where it is known. */
  readonly repository: string | null;
  /** How this program is called. */
  readonly self: string;
}

/** What the basis of a cost says where nothing is to be told of models. */
const noModel = 'no model was called';

/** Lays out one result: the verdict, why, and how to look at it with one's own eyes. */
export function resultText(result: RunResult, context: ResultContext, page: Page): string {
  const { evidence } = result;
  const took = result.stages.reduce((sum, stage) => sum + stage.durationMs, 0);
  const rows = facts(
    [
      ['why', `${plain(result.reason.message)} ${page.paint.dim(`(${result.reason.code})`)}`],
      ['branch', result.branch],
      ['look', lookCommand(result, context)],
      ['withheld', result.withheld === null ? null : plain(result.withheld)],
      ['models', result.cost.basis === noModel ? null : plain(result.cost.basis)],
      ['evidence', evidence.dir],
      ['ref', evidence.ref],
      ['verify', verifyCommand(result, context.self)],
      ['run', `${result.run} ${page.paint.dim(`(${stages(result)}, ${duration(took)})`)}`],
    ],
    page,
  );
  return [`${verdictMark(result.verdict, page)}  ${page.paint.bold(plain(result.title))}`, ...findingLines(result, page), ...rows].join(
    '\n',
  );
}

/** More than this is read in the report. */
const mostFindings = 20;

/** What a review found, each on a line of its own with its place first, so that a terminal can open it. */
function findingLines({ findings = [] }: RunResult, page: Page): string[] {
  const lines = findings.slice(0, mostFindings).map(({ weight, file, line, message, check, rule }) => {
    const place = file === '' ? '' : `${plain(file)}${line === 0 ? '' : `:${line}`} `;
    return `  ${weight === 'blocks' ? '✗' : '·'} ${place}${plain(message)} ${page.paint.dim(`(${check}/${rule})`)}`;
  });
  const more = findings.length - lines.length;
  return more > 0 ? [...lines, `  and ${more} more in REPORT.md`] : lines;
}

/** Lays out the results of one request that became several runs: a table, and where the evidence is. */
export function resultsText(results: readonly RunResult[], context: ResultContext, page: Page): string {
  if (results.length === 0) return `${verdictMark('NO_OP', page)}  Nothing was owed: no run was needed.`;
  const columns = [{ title: 'VERDICT' }, { title: 'WHAT', flexible: true }, { title: 'REASON' }, { title: 'WHY', flexible: true }];
  const rows = results.map((result) => [
    verdictMark(result.verdict, page),
    plain(result.title),
    result.reason.code,
    plain(result.reason.message),
  ]);
  const branches = results.flatMap((result) => lookCommand(result, context) ?? []).map((command) => `  ${command}`);
  const evidence = results.map((result) => `  ${verifyCommand(result, context.self)}`);
  const sections: [string, string[]][] = [
    ['look at the changes', branches],
    ['verify the evidence', evidence],
  ];
  const told = sections.flatMap(([title, lines]) => (lines.length === 0 ? [] : ['', page.paint.dim(title), ...lines]));
  return [table(columns, rows, page), '', tally(results), ...told].join('\n');
}

function stages({ stages: done }: RunResult): string {
  return done.length === 1 ? '1 stage' : `${done.length} stages`;
}

/** The head anchors the check: a bundle that was replaced as a whole agrees with itself, but not with this. */
function verifyCommand({ evidence }: RunResult, self: string): string {
  return `${self} evidence verify ${quote(evidence.dir)} --head ${evidence.head}`;
}

/** A branch that was withheld is not there to be looked at. */
function lookCommand({ branch, withheld }: RunResult, { repository }: ResultContext): string | null {
  return branch === null || withheld !== null ? null : diffCommand(branch, repository);
}

function diffCommand(branch: string, repository: string | null): string {
  if (repository === null) return `git diff HEAD...${quote(branch)}`;
  if (!isUrl(repository)) return `git -C ${quote(repository)} diff HEAD...${quote(branch)}`;
  return `git fetch ${quote(repository)} ${quote(branch)} && git diff HEAD...FETCH_HEAD`;
}

/** Tells `https://…`, `ssh://…` and `git@host:path` from a path. */
export function isUrl(location: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(location) || /^[\w.-]+@[\w.-]+:/.test(location);
}

function tally(results: readonly RunResult[]): string {
  const counts = new Map<string, number>();
  for (const { verdict } of results) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  return `${results.length === 1 ? '1 run' : `${results.length} runs`}: ${[...counts].map(([verdict, count]) => `${count} ${verdict}`).join(', ')}`;
}
