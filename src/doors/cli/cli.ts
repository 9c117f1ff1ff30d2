import { packageVersion, readSettings } from '../config.ts';
import type { Answer, Call } from './command.ts';
import { pageOf } from './page.ts';
import { type Parsed, parseCommandLine } from './parser.ts';
import { errorText, reportOf } from './report-error.ts';
import { records } from './registry.ts';
import type { World } from './world.ts';

/**
 * Runs one command line in a world and returns the exit code. Data goes to stdout, everything else to stderr;
 * with `--json` stdout gets exactly one document, for errors too.
 *
 * @example
 * process.exitCode = await cli(process.argv.slice(2), processWorld());
 */
export async function cli(argv: readonly string[], world: World): Promise<number> {
  const json = wantsJson(argv);
  try {
    const answer = await answerTo(argv, world);
    world.stdout.write(json ? documentText(answer) : lines(answer.text(pageOf(world.stdout, world.env))));
    return answer.exitCode;
  } catch (error) {
    return tellError(error, json, world);
  }
}

/** Looked for before parsing, because a command line that cannot be parsed is answered in the same form. */
function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end === -1 ? undefined : end).includes('--json');
}

async function answerTo(argv: readonly string[], world: World): Promise<Answer> {
  const width = world.stdout.isTTY ? Math.max(world.stdout.columns, 60) : 100;
  const parsed = parseCommandLine(argv, { records, version: packageVersion(), width });
  if (parsed.kind === 'said') return { exitCode: 0, document: { text: parsed.text }, text: () => parsed.text };
  return parsed.record.run(callOf(parsed, world));
}

function callOf(parsed: Extract<Parsed, { kind: 'call' }>, world: World): Call {
  const text = (option: string): string | null => {
    const value = parsed.values[option];
    return typeof value === 'string' ? value : null;
  };
  return {
    arguments: parsed.arguments,
    text,
    flag: (option) => parsed.values[option] === true,
    settings: readSettings(
      { home: text('home'), database: text('database'), floor: text('floor'), floorImage: text('floor-image'), limits: text('limits') },
      world.env,
      world.cwd,
    ),
    world,
  };
}

function documentText({ document }: Answer): string {
  return document === null ? '' : `${JSON.stringify(document, null, 2)}\n`;
}

function tellError(error: unknown, json: boolean, world: World): number {
  const report = reportOf(error);
  // On one line, as `watch --json` prints what comes before it.
  if (json) world.stdout.write(`${JSON.stringify(report.document)}\n`);
  else world.stderr.write(lines(errorText(report, pageOf(world.stderr, world.env))));
  if ((world.env['JIDOKA_DEBUG'] ?? '') === '1') world.stderr.write(lines(report.stack));
  return report.exitCode;
}

function lines(text: string): string {
  return text === '' ? '' : `${text}\n`;
}
