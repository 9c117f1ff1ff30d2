import type { RunDetails } from '../../../core/ports/factory.ts';
import { type Call, type CommandRecord, jsonOption, runArgument } from '../command.ts';
import { eventText } from '../live/event-text.ts';
import { facts, minute, type Page, plain } from '../page.ts';
import { resultText } from '../result-text.ts';
import { sameFactoryCommand, selfCommand } from '../self-command.ts';
import { table } from '../table.ts';
import { withFactory } from '../with-factory.ts';
import { stateText } from './runs.ts';

/** `jidoka show`: one run with every event the ledger has of it. */
export const show: CommandRecord = {
  path: ['show'],
  summary: 'show a run and what its ledger says',
  arguments: [runArgument],
  options: [jsonOption],
  examples: ['show deps-ms-2.1.3-1f0c9a2b'],
  run: async (call) => {
    const details = await withFactory(call, (factory) => factory.show(call.arguments[0] ?? ''));
    return { exitCode: 0, document: details, text: (page) => detailsText(details, call, page) };
  },
};

function detailsText({ summary, result, judged, events }: RunDetails, call: Call, page: Page): string {
  const repository = plain(summary.repository);
  const head =
    result === null
      ? unfinishedText(summary, sameFactoryCommand(call), page)
      : resultText(result, { repository, self: selfCommand(call.world) }, page);
  const rows = events.map((event) => [String(event.runSeq), event.at.slice(11, 19), event.body.type, plain(eventText(event.body))]);
  const columns = [{ title: '#' }, { title: 'AT' }, { title: 'EVENT' }, { title: 'WHAT', flexible: true }];
  return [head, ...judgedLines(judged, page), '', table(columns, rows, page)].join('\n');
}

/** What a person said last of the result. */
function judgedLines(judged: RunDetails['judged'], page: Page): readonly string[] {
  if (judged === null) return [];
  const { right, why, by, at } = judged;
  const said = `${right ? 'right' : 'wrong'}, says ${plain(by)}, ${minute(at)} UTC${why === '' ? '' : `: ${plain(why)}`}`;
  return facts([['judged', said]], page);
}

function unfinishedText(summary: RunDetails['summary'], self: string, page: Page): string {
  const isLeft = summary.state === 'interrupted' || summary.state === 'failed';
  const rows = facts(
    [
      ['repository', plain(summary.repository)],
      ['started', summary.startedAt],
      ['run', summary.run],
      ['waits for', summary.waitsFor === '' ? null : plain(summary.waitsFor)],
      ['goes on', isLeft ? `${self} resume ${summary.run}` : null],
    ],
    page,
  );
  return [`${stateText(summary, page)}  ${page.paint.bold(plain(summary.title))}`, ...rows].join('\n');
}
