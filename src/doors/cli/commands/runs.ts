import { JidokaError } from '../../../core/base/error.ts';
import type { RunSummary } from '../../../core/ports/factory.ts';
import { type CommandRecord, jsonOption } from '../command.ts';
import { minute, type Page, plain, verdictMark } from '../page.ts';
import { table } from '../table.ts';
import { withFactory } from '../with-factory.ts';

/** `jidoka runs`: the newest runs first. */
export const runs: CommandRecord = {
  path: ['runs'],
  summary: 'list the runs, newest first',
  arguments: [],
  options: [jsonOption, { flags: '--limit <n>', description: 'how many at most', preset: '20' }],
  examples: ['runs', 'runs --limit 100 --json'],
  run: async (call) => {
    const limit = countOf(call.text('limit') ?? '20');
    const found = await withFactory(call, (factory) => factory.runs({ limit }));
    return { exitCode: 0, document: { runs: found }, text: (page) => listText(found, page) };
  },
};

function countOf(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new JidokaError('usage', `--limit ${text} is no count of runs.`, { mend: 'Give a whole number from 1 on, as in --limit 50.' });
}

function listText(found: readonly RunSummary[], page: Page): string {
  if (found.length === 0) return 'No runs yet. `jidoka demo` makes some; `jidoka run deps --all` works on the repository you are in.';
  const columns = [
    { title: 'RUN' },
    { title: 'STARTED' },
    { title: 'STATE' },
    { title: 'WHAT', flexible: true },
    { title: 'REPOSITORY', flexible: true },
  ];
  const rows = found.map((run) => [run.run, minute(run.startedAt), stateText(run, page), whatText(run), plain(run.repository)]);
  return table(columns, rows, page);
}

/** What became of the run, or who or what is to go on with it. */
export function stateText(run: RunSummary, { paint, width }: Page): string {
  if (run.verdict !== null) return verdictMark(run.verdict, { paint, width });
  const marks = {
    running: paint.cyan('▸ running'),
    queued: paint.cyan('▹ queued'),
    waiting: paint.yellow('… waiting'),
    interrupted: paint.yellow('‖ interrupted'),
    failed: paint.red('✗ failed'),
    ended: 'ended',
  };
  return marks[run.state];
}

function whatText(run: RunSummary): string {
  return plain(run.waitsFor === '' ? run.title : `${run.title} (waits for ${run.waitsFor})`);
}
