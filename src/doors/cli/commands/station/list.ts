import type { AgentView } from '../../../../core/ports/factory.ts';
import { type CommandRecord, jsonOption } from '../../command.ts';
import { type Page, plain } from '../../page.ts';
import { table } from '../../table.ts';
import { withFactory } from '../../with-factory.ts';

/** `jidoka station list`: the agents that stations can drive, and what is there of each. */
export const stationList: CommandRecord = {
  path: ['station', 'list'],
  summary: 'list the agents that stations can drive, and what is here of each',
  arguments: [],
  options: [jsonOption],
  examples: ['station list'],
  run: async (call) => {
    const agents = await withFactory(call, (factory) => factory.agents.survey());
    return { exitCode: 0, document: { agents }, text: (page) => listText(agents, page) };
  },
};

function listText(agents: readonly AgentView[], page: Page): string {
  const columns = [
    { title: 'AGENT' },
    { title: 'VERSION' },
    { title: 'WHERE', flexible: true },
    { title: 'LOGIN' },
    { title: 'TRIED' },
    { title: 'SIZE' },
  ];
  const rows = agents.map((view) => [
    view.name,
    view.found?.version ?? '',
    whereText(view, page),
    loginText(view),
    view.recommended,
    `${view.megabytes} MB`,
  ]);
  const older = agents.flatMap(({ name, installed }) => installed.slice(1).map(({ version }) => `${name}@${version}`));
  const also = older.length === 0 ? [] : ['', page.paint.dim(`Also installed, and not used: ${older.join(', ')}.`)];
  return [table(columns, rows, page), ...also].join('\n');
}

function whereText({ found, onFloor }: AgentView, { paint }: Page): string {
  if (found === null) return onFloor?.kind === 'there' ? `on the floor: ${plain(onFloor.path)}` : paint.dim('not here');
  const place = found.from === 'factory' ? 'factory' : plain(found.path);
  return onFloor?.kind === 'missing' ? `${place}, not seen on the floor` : place;
}

function loginText({ login }: AgentView): string {
  return { seen: 'yes', hidden: 'unknown', none: 'no', 'not-needed': '' }[login.kind];
}
