import type { ReapReport, WorkspaceView } from '../../../../core/ports/floor.ts';
import { type CommandRecord, jsonOption } from '../../command.ts';
import { minute, type Page, plain } from '../../page.ts';
import { sameFactoryCommand } from '../../self-command.ts';
import { table } from '../../table.ts';
import { withFactory } from '../../with-factory.ts';

/** `jidoka floor list`: what stands on the floor, as the floor itself tells. */
export const floorList: CommandRecord = {
  path: ['floor', 'list'],
  summary: 'list the workspaces and bases that stand on the floor',
  arguments: [],
  options: [jsonOption],
  examples: ['floor list'],
  run: async (call) => {
    const workspaces = await withFactory(call, (factory) => factory.floor.list());
    const text = (page: Page): string => (workspaces.length === 0 ? 'Nothing stands on the floor.' : viewsText(workspaces, page));
    return { exitCode: 0, document: { workspaces }, text };
  },
};

/** `jidoka floor reap`: removes what nobody owns any more. */
export const floorReap: CommandRecord = {
  path: ['floor', 'reap'],
  summary: 'remove workspaces that dead processes left, and bases unused for long',
  arguments: [],
  options: [{ flags: '--dry-run', description: 'only tell what would be removed' }, jsonOption],
  examples: ['floor reap --dry-run', 'floor reap'],
  run: async (call) => {
    const dryRun = call.flag('dry-run');
    const report = await withFactory(call, (factory) => factory.floor.reap({ dryRun }));
    const self = sameFactoryCommand(call);
    return { exitCode: 0, document: { dryRun, ...report }, text: (page) => reapText(report, { dryRun, self }, page) };
  },
};

function viewsText(views: readonly WorkspaceView[], page: Page): string {
  const columns = [{ title: 'NAME', flexible: true }, { title: 'STATE' }, { title: 'OWNER', flexible: true }, { title: 'SINCE' }];
  const rows = views.map(({ ref, state, owner, since }) => [plain(ref.name), stateText(state, page), plain(owner), minute(since)]);
  return table(columns, rows, page);
}

function stateText(state: WorkspaceView['state'], { paint }: Page): string {
  const marks = { live: paint.green('live'), left: paint.yellow('left'), stray: paint.red('stray'), base: 'base' };
  return marks[state];
}

function reapText(
  { removed, left }: ReapReport,
  { dryRun, self }: { readonly dryRun: boolean; readonly self: string },
  page: Page,
): string {
  const verb = dryRun ? 'Would remove' : 'Removed';
  const gone = removed.length === 0 ? [`Nothing is to be removed.`] : [`${verb} ${removed.length}:`, viewsText(removed, page)];
  const why = `Left as they are, because a command that was started there may go on and its run may be taken over (\`${self} runs\`):`;
  return [...gone, ...(left.length === 0 ? [] : ['', why, viewsText(left, page)])].join('\n');
}
