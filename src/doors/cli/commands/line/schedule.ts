import type { ScheduleView } from '../../../../core/ports/factory.ts';
import { type CommandRecord, jsonOption } from '../../command.ts';
import { type Page, plain } from '../../page.ts';
import { table } from '../../table.ts';
import { withFactory } from '../../with-factory.ts';
import { acting, tokenOption } from '../acting.ts';
import { type LineCommand, requestOf, requestOptions } from './request.ts';

const idArgument = { syntax: '<id>', description: 'names the schedule; the same id again replaces it' } as const;

/** Makes the `jidoka schedule add` of a line: what `jidoka run` takes, and when. */
export function scheduleAdd(line: LineCommand): CommandRecord {
  return {
    path: ['schedule', 'add', line.name],
    summary: `by cron: ${line.summary}`,
    arguments: [idArgument],
    options: [
      { flags: '--cron <pattern>', description: "when: five fields, or '@daily' and the like", required: true },
      { flags: '--timezone <name>', description: 'whose clock counts, as Europe/Berlin', preset: 'UTC' },
      ...requestOptions(line),
      tokenOption,
      jsonOption,
    ],
    examples: line.examples.slice(-1).map((example) => `schedule add ${line.name} weekly --cron '0 6 * * 1' ${example}`),
    run: async (call) => {
      const [id = ''] = call.arguments;
      const request = await requestOf(line, call);
      const schedule = { id, cron: call.text('cron') ?? '', timezone: call.text('timezone') ?? 'UTC', request };
      const view = await acting(call, (factory, actor) => factory.operations.schedule(schedule, actor));
      const next = view.nextAt === null ? 'It never fires.' : `It fires next at ${view.nextAt}, where a worker is there.`;
      return { exitCode: 0, document: view, text: () => `Scheduled ${plain(view.id)}. ${next}` };
    },
  };
}

/** `jidoka schedule list`: what begins by itself, and when. */
export const scheduleList: CommandRecord = {
  path: ['schedule', 'list'],
  summary: 'list the schedules',
  arguments: [],
  options: [jsonOption],
  examples: ['schedule list'],
  run: async (call) => {
    const schedules = await withFactory(call, (factory) => factory.operations.schedules());
    return { exitCode: 0, document: { schedules }, text: (page) => schedulesText(schedules, page) };
  },
};

/** `jidoka schedule remove`: it fires no more; runs that it began go on. */
export const scheduleRemove: CommandRecord = {
  path: ['schedule', 'remove'],
  summary: 'take a schedule away; runs that it began go on',
  arguments: [{ syntax: '<id>', description: 'id of the schedule' }],
  options: [tokenOption, jsonOption],
  examples: ['schedule remove weekly'],
  run: async (call) => {
    const [id = ''] = call.arguments;
    const was = await acting(call, (factory, actor) => factory.operations.unschedule(id, actor));
    const text = was ? `${plain(id)} fires no more.` : `There was no schedule ${plain(id)}.`;
    return { exitCode: 0, document: { id, changed: was }, text: () => text };
  },
};

function schedulesText(schedules: readonly ScheduleView[], page: Page): string {
  if (schedules.length === 0) return "Nothing is scheduled. `jidoka schedule add deps weekly --cron '0 6 * * 1' --all` begins.";
  const columns = [
    { title: 'ID' },
    { title: 'WHEN' },
    { title: 'LINE' },
    { title: 'NEXT' },
    { title: 'LAST' },
    { title: 'REPOSITORY', flexible: true },
  ];
  const rows = schedules.map(({ id, cron, timezone, line, nextAt, lastAt, repository }) => [
    plain(id),
    `${cron} ${timezone}`,
    line,
    nextAt ?? 'never',
    lastAt ?? '',
    plain(repository),
  ]);
  return table(columns, rows, page);
}
