import { JidokaError } from '../../../../core/base/error.ts';
import { saveDatabase, type Settings } from '../../../config.ts';
import { type Call, type CommandRecord, jsonOption } from '../../command.ts';
import { type Page, plain } from '../../page.ts';
import { sameFactoryCommand } from '../../self-command.ts';
import { table } from '../../table.ts';
import type { MoveReport } from '../../wiring.ts';
import { refuseJobs } from '../acting.ts';
import { stopPatienceMs } from '../daemon/down.ts';
import { launch } from '../daemon/launch.ts';

/** `jidoka db move`: the same factory in another database, parked gates included. */
export const dbMove: CommandRecord = {
  path: ['db', 'move'],
  summary: 'move the factory to another PostgreSQL, or back to the embedded one',
  arguments: [],
  options: [
    { flags: '--to <url>', description: "postgres://USER@HOST:PORT/NAME, or 'embedded'", required: true },
    { flags: '--drain', description: 'let the daemon end what it has in hand first, however long that takes' },
    jsonOption,
  ],
  examples: ['db move --to postgres://jidoka@db.example.com/jidoka', 'db move --to embedded'],
  run: async (call) => {
    await refuseJobs(call.world);
    const to = targetOf(call.text('to') ?? '');
    const resting = await restDaemon(call);
    const report = await moved(call, to).catch(async (error: unknown) => {
      await resting?.goesOn(call.settings);
      throw error;
    });
    const daemon = (await resting?.goesOn({ ...call.settings, databaseUrl: to })) ?? null;
    return { exitCode: 0, document: { ...report, daemon }, text: (page) => reportText(report, nextLines(call, to, daemon), page) };
  },
};

async function moved(call: Call, to: string | null): Promise<MoveReport> {
  const move = await call.world.loadMove();
  const report = await move({ ...call.settings, log: (line) => call.world.stderr.write(`${plain(line)}\n`) }, to);
  saveDatabase(call.settings.home, to);
  return report;
}

interface RestingDaemon {
  /** Starts it again as it was, on the database of these settings. */
  goesOn(settings: Settings): Promise<{ readonly url: string; readonly pid: number }>;
}

/** Stops the daemon, which would go on with the database that the factory has left; what it has in hand is given back. */
async function restDaemon(call: Call): Promise<RestingDaemon | null> {
  const { settings, world } = call;
  const { databaseName, findDaemon, stopDaemon } = await import('../../../daemon/index.ts');
  const daemon = await findDaemon(settings.home);
  if (daemon === null) return null;
  const { pid, url, options } = daemon;
  const self = sameFactoryCommand(call);
  if (daemon.database !== databaseName(settings.databaseUrl))
    throw new JidokaError('move-refused', `The daemon of this home, process ${pid}, works on another database than the one to be moved.`, {
      mend: `Leave --database and JIDOKA_DATABASE_URL out, or stop it first: \`${self} down\`.`,
    });
  if (options === null)
    throw new JidokaError(
      'move-refused',
      `The daemon of this home, process ${pid}, was not started by \`jidoka up\` alone: whoever keeps it running would start it on the old database.`,
      {
        mend: `Stop it there, then run this command again.`,
      },
    );
  world.stderr.write(`stopping the daemon, process ${pid}\n`);
  await stopDaemon(settings.home, { drain: call.flag('drain'), patienceMs: stopPatienceMs });
  return {
    goesOn: async (on) => {
      const begun = await launch(on, world, [`--port=${new URL(url).port}`, ...options]);
      return { url: begun.daemon.url, pid: begun.daemon.pid };
    },
  };
}

function targetOf(text: string): string | null {
  if (text === 'embedded') return null;
  if (/^postgres(ql)?:\/\//.test(text)) return text;
  // The value itself is not repeated: it may hold a password.
  throw new JidokaError('usage', '--to is no PostgreSQL URL.', { mend: "Give postgres://USER@HOST:PORT/NAME, or 'embedded'." });
}

function nextLines(call: Call, to: string | null, daemon: { readonly url: string } | null): string[] {
  const self = sameFactoryCommand(call);
  const named =
    call.text('database') !== null ? '--database' : (call.world.env['JIDOKA_DATABASE_URL'] ?? '') !== '' ? 'JIDOKA_DATABASE_URL' : null;
  return [
    'Every command on this home uses the new database from now on.',
    ...(named === null ? [] : [`${named} still names the old one and wins: leave it out.`]),
    to === null
      ? 'Workers of other machines cannot reach an embedded database: stop them.'
      : 'Start the workers of other machines again with --database and the new URL.',
    daemon === null ? `\`${self} up\` starts the daemon again.` : `The daemon goes on with it: ${daemon.url}`,
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
