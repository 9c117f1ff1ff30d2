import { JidokaError } from '../../../../core/base/error.ts';
import { saveDatabase } from '../../../config.ts';
import { type Call, type CommandRecord, jsonOption } from '../../command.ts';
import { type Page, plain } from '../../page.ts';
import { sameFactoryCommand } from '../../self-command.ts';
import { table } from '../../table.ts';
import type { MoveReport } from '../../wiring.ts';
import { refuseJobs } from '../acting.ts';

/** `jidoka db move`: the same factory in another database, parked gates included. */
export const dbMove: CommandRecord = {
  path: ['db', 'move'],
  summary: 'move the factory to another PostgreSQL, or back to the embedded one',
  arguments: [],
  options: [{ flags: '--to <url>', description: "postgres://USER@HOST:PORT/NAME, or 'embedded'", required: true }, jsonOption],
  examples: ['db move --to postgres://jidoka@db.example.com/jidoka', 'db move --to embedded'],
  run: async (call) => {
    await refuseJobs(call.world);
    await refuseBesideDaemon(call);
    const to = targetOf(call.text('to') ?? '');
    const move = await call.world.loadMove();
    const report = await move({ ...call.settings, log: (line) => call.world.stderr.write(`${plain(line)}\n`) }, to);
    saveDatabase(call.settings.home, to);
    return { exitCode: 0, document: report, text: (page) => reportText(report, nextLines(call, to), page) };
  },
};

/** A daemon would go on with the database that the factory has left. */
async function refuseBesideDaemon(call: Call): Promise<void> {
  const { findDaemon } = await import('../../../daemon/index.ts');
  const daemon = await findDaemon(call.settings.home);
  if (daemon === null) return;
  const self = sameFactoryCommand(call);
  throw new JidokaError('move-refused', `The daemon of this home, process ${daemon.pid}, uses the database.`, {
    mend: `Stop it first: \`${self} down --drain\`, then this command again, then \`${self} up\`.`,
  });
}

function targetOf(text: string): string | null {
  if (text === 'embedded') return null;
  if (/^postgres(ql)?:\/\//.test(text)) return text;
  // The value itself is not repeated: it may hold a password.
  throw new JidokaError('usage', '--to is no PostgreSQL URL.', { mend: "Give postgres://USER@HOST:PORT/NAME, or 'embedded'." });
}

function nextLines(call: Call, to: string | null): string[] {
  const self = sameFactoryCommand(call);
  const named =
    call.text('database') !== null ? '--database' : (call.world.env['JIDOKA_DATABASE_URL'] ?? '') !== '' ? 'JIDOKA_DATABASE_URL' : null;
  return [
    'Every command on this home uses the new database from now on.',
    ...(named === null ? [] : [`${named} still names the old one and wins: leave it out.`]),
    to === null
      ? 'Workers of other machines cannot reach an embedded database: stop them.'
      : 'Start the workers of other machines again with --database and the new URL.',
    `\`${self} up\` starts the daemon again.`,
  ];
}

function reportText(report: MoveReport, next: readonly string[], page: Page): string {
  const rows = report.tables.map((each) => [each.table, String(each.rows)]);
  const total = report.tables.reduce((sum, { rows: count }) => sum + count, 0);
  return [
    `Moved ${total} rows from ${plain(report.from)} to ${plain(report.to)} in ${(report.ms / 1000).toFixed(1)} s; the counts agree.`,
    table([{ title: 'TABLE' }, { title: 'ROWS' }], rows, page),
    '',
    ...next,
  ].join('\n');
}
