import { Command, CommanderError, Option } from 'commander';
import { JidokaError } from '../../core/base/error.ts';
import type { CommandRecord } from './command.ts';

export type Parsed =
  /** A command with what was given to it. */
  | { readonly kind: 'call'; readonly record: CommandRecord; readonly arguments: readonly string[]; readonly values: OptionValues }
  /** Help or the version: nothing to run, only this to say. */
  | { readonly kind: 'said'; readonly text: string };

/** Option values by their name on the command line, without dashes. */
export type OptionValues = Readonly<Record<string, unknown>>;

export interface Vocabulary {
  readonly records: readonly CommandRecord[];
  readonly version: string;
  /** Columns that help is laid out for. */
  readonly width: number;
}

/** Reads a command line. Throws `usage` where it cannot be understood. */
export function parseCommandLine(argv: readonly string[], vocabulary: Vocabulary): Parsed {
  const said: string[] = [];
  const calls: Parsed[] = [];
  const program = createProgram(vocabulary, said, (call) => calls.push(call));
  try {
    program.parse(helpAsOption(argv, vocabulary.records), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw usageError(error, argv, vocabulary.records);
  }
  return calls[0] ?? { kind: 'said', text: said.join('').trimEnd() };
}

/** `help run deps` says the same as `run deps --help`, and nothing at all asks for help. */
function helpAsOption(argv: readonly string[], records: readonly CommandRecord[]): string[] {
  const [first, ...words] = argv;
  if (first !== undefined && first !== 'help') return [...argv];
  const known = records.some(({ path }) => words.every((word, at) => path[at] === word));
  // Left to the parser, an unknown command is an error with a suggestion.
  return known ? [...words, '--help'] : words;
}

function createProgram({ records, version, width }: Vocabulary, said: string[], called: (call: Parsed) => void): Command {
  const program = new Command('jidoka')
    .description('A software factory that proves what it did, may say that nothing was owed, and can be killed at any line.')
    .version(version, '-V, --version', 'print the version')
    .option('--home <dir>', 'folder of the factory (JIDOKA_HOME)')
    .option('--database <url>', 'PostgreSQL to use instead of the embedded one (JIDOKA_DATABASE_URL)')
    .option('--floor <kind>', 'where commands of repositories run: sandbox, host, container, ssh:USER@HOST[:PORT] (JIDOKA_FLOOR; sandbox)')
    .option('--floor-image <image>', 'image that commands run in, with --floor container (JIDOKA_FLOOR_IMAGE)')
    .option('--limits <list>', 'what a workspace may use: memory=4g,cpus=2,processes=512,disk=10g (JIDOKA_LIMITS)')
    .addHelpText('after', `\n${afterword}`);
  configure(program, said, width);
  for (const record of records) addCommand(program, record, called);
  return program;
}

const afterword = `Exit codes:
  0  PR_READY or NO_OP                   10   NO_OP with --detailed-exitcode
  3  ESCALATE: a person must decide      75   RETRYABLE_FAILURE: try again later
  5  waits for a person (--until-gate)   130  interrupted; the message says how it goes on
  1  a fault of the factory              2    the command line or its input needs mending

Environment:
  JIDOKA_HOME, JIDOKA_DATABASE_URL, JIDOKA_PG_BIN, JIDOKA_TOKEN, JIDOKA_DEBUG=1, NO_COLOR, FORCE_COLOR
  JIDOKA_FLOOR, JIDOKA_FLOOR_IMAGE, JIDOKA_LIMITS, JIDOKA_DOCKER (socket of the container engine), JIDOKA_REGION (for the record)`;

function configure(command: Command, said: string[], width: number): void {
  command
    .exitOverride()
    .helpCommand(false)
    .helpOption('-h, --help', 'print help')
    .configureHelp({ showGlobalOptions: true, visibleCommands: commandsBelow, subcommandTerm: termOf })
    .configureOutput({
      writeOut: (text) => said.push(text),
      // Errors are thrown and told by `reportError`.
      writeErr: () => undefined,
      getOutHelpWidth: () => width,
      getErrHelpWidth: () => width,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
}

/** Help lists what can be run, not the groups on the way to it. */
function commandsBelow(command: Command): Command[] {
  return command.commands.flatMap((child) => [...(child.description() === '' ? [] : [child]), ...commandsBelow(child)]);
}

function termOf(command: Command): string {
  const words = command.registeredArguments.map((argument) => (argument.required ? `<${argument.name()}>` : `[${argument.name()}]`));
  return [...pathOf(command), ...words].join(' ');
}

function pathOf(command: Command): string[] {
  return command.parent === null ? [] : [...pathOf(command.parent), command.name()];
}

function addCommand(program: Command, record: CommandRecord, called: (call: Parsed) => void): void {
  const command = commandAt(program, record.path).description(record.summary);
  for (const { syntax, description } of record.arguments) command.argument(syntax, description);
  for (const { flags, description, choices, preset, required } of record.options) {
    const option = new Option(flags, description).makeOptionMandatory(required === true);
    if (choices !== undefined) option.choices(choices);
    if (preset !== undefined) option.default(preset);
    command.addOption(option);
  }
  if (record.examples.length > 0) {
    command.addHelpText('after', `\nExamples:\n${record.examples.map((example) => `  jidoka ${example}`).join('\n')}`);
  }
  command.action(() =>
    called({ kind: 'call', record, arguments: command.processedArgs.flat().filter(isText), values: namedValues(command) }),
  );
}

/** Finds or makes the command of a path, with groups such as `run` on the way. */
function commandAt(program: Command, path: readonly string[]): Command {
  return path.reduce((parent, word) => parent.commands.find((child) => child.name() === word) ?? parent.command(word), program);
}

function namedValues(command: Command): OptionValues {
  const values: Readonly<Record<string, unknown>> = command.optsWithGlobals();
  const options = [...command.options, ...(rootOf(command)?.options ?? [])];
  return Object.fromEntries(options.map((option) => [option.name(), values[option.attributeName()]]));
}

function rootOf(command: Command): Command | null {
  return command.parent === null ? command : rootOf(command.parent);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function usageError(error: CommanderError, argv: readonly string[], records: readonly CommandRecord[]): JidokaError {
  const words = argv.filter((word) => !word.startsWith('-'));
  const group = records.filter(({ path }) => path.length > 1 && path[0] === words[0]).map(({ path }) => path.join(' '));
  if (error.code === 'commander.help') {
    const mend = `Say which: ${group.map((name) => `jidoka ${name}`).join(' or ')}.`;
    return new JidokaError('usage', `\`jidoka ${words[0] ?? ''}\` needs to know what.`, { mend });
  }
  const [what = '', suggestion] = error.message.replace(/^error: /, '').split('\n');
  return new JidokaError('usage', sentence(what), { mend: mendOf(suggestion, words, records) });
}

function mendOf(suggestion: string | undefined, words: readonly string[], records: readonly CommandRecord[]): string {
  const isCommand = records.some(({ path }) => path[0] === words[0]);
  const within = records.map(({ path }) => path).filter((path) => !isCommand && path.at(-1) === words[0]);
  const [shortest] = within.toSorted((left, right) => left.length - right.length);
  if (shortest !== undefined) return `Did you mean jidoka ${shortest.join(' ')}?`;
  const near = /\((Did you mean .*)\)/.exec(suggestion ?? '')?.[1];
  if (near !== undefined) return near;
  const known = records.map(({ path }) => path).filter((path) => path.every((word, at) => words[at] === word));
  const path = known.toSorted((left, right) => right.length - left.length)[0] ?? [];
  return `See \`${['jidoka', 'help', ...path].join(' ')}\`.`;
}

function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return begun.endsWith('.') ? begun : `${begun}.`;
}
