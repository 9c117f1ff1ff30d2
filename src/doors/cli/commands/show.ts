import type { EventBody } from '../../../core/evidence/event.ts';
import type { RunDetails } from '../../../core/ports/factory.ts';
import { type Call, type CommandRecord, jsonOption, runArgument } from '../command.ts';
import { facts, type Page, plain } from '../page.ts';
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

function detailsText({ summary, result, events }: RunDetails, call: Call, page: Page): string {
  const repository = plain(summary.repository);
  const head =
    result === null
      ? unfinishedText(summary, sameFactoryCommand(call), page)
      : resultText(result, { repository, self: selfCommand(call.world) }, page);
  const rows = events.map((event) => [String(event.runSeq), event.at.slice(11, 19), event.body.type, plain(gist(event.body))]);
  const columns = [{ title: '#' }, { title: 'AT' }, { title: 'EVENT' }, { title: 'WHAT', flexible: true }];
  return [head, '', table(columns, rows, page)].join('\n');
}

function unfinishedText(summary: RunDetails['summary'], self: string, page: Page): string {
  const next = summary.state === 'interrupted' ? `${self} resume ${summary.run}` : null;
  const rows = facts(
    [
      ['repository', plain(summary.repository)],
      ['started', summary.startedAt],
      ['run', summary.run],
      ['goes on', next],
    ],
    page,
  );
  return [`${stateText(summary, page)}  ${page.paint.bold(plain(summary.title))}`, ...rows].join('\n');
}

/** What an event says in one line; `--json` has all of it. */
function gist(body: EventBody): string {
  const stage = 'stage' in body ? `${body.stage}: ` : '';
  return stage + gistOfStage(body);
}

function gistOfStage(body: EventBody): string {
  if (body.type === 'fact.found') return `${body.fact.check} ${body.fact.outcome}. ${body.fact.summary}`;
  if (body.type === 'claim.made') return `${body.claim.station} says ${body.claim.says}. ${body.claim.summary}`;
  if (body.type === 'verdict.decided') return `${body.verdict}. ${body.reason.message}`;
  if (body.type === 'change.harvested') return body.files.map(({ path, added, removed }) => `${path} +${added} -${removed}`).join(', ');
  if (body.type === 'plan.made') return body.steps.join('; ');
  if ('summary' in body) return body.summary;
  return 'message' in body ? body.message : '';
}
