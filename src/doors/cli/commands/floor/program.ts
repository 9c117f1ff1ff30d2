import type { Entered } from '../../../../core/ports/factory.ts';
import type { Command } from '../../../../core/ports/floor.ts';
import type { TerminalSize } from '../../live/terminal.ts';
import type { World } from '../../world.ts';

/** What is started in a workspace for a visitor. */
export interface Program {
  readonly argv: Command['argv'];
  /** It has a terminal of its own: keys are handed to it as they are. */
  readonly hasTerminal: boolean;
  /** What a visitor must know of it; '' for nothing. */
  readonly note: string;
}

type Place = Pick<Entered['workspace'], 'converse'>;

const bashOrSh = 'if command -v bash >/dev/null 2>&1; then exec bash -i; else exec sh -i; fi';

/** Decides what to start: the command, else a shell with a terminal inside where one can be had. */
export async function programOf(workspace: Place, command: readonly string[], world: Pick<World, 'terminal' | 'stderr'>): Promise<Program> {
  const size = world.terminal.size();
  const [first, ...rest] = command;
  if (first !== undefined)
    return { argv: commandLine([first, ...rest], size !== null && world.stderr.isTTY), hasTerminal: false, note: '' };
  if (size === null)
    return {
      argv: ['/bin/sh', '-c', 'if command -v bash >/dev/null 2>&1; then exec bash; else exec sh; fi'],
      hasTerminal: false,
      note: '',
    };
  if (await hasScript(workspace)) return { argv: session(size), hasTerminal: true, note: '' };
  // Its prompt is on stderr, which a conversation tells of only when it is over.
  return { argv: ['/bin/sh', '-c', 'exec sh -i 2>&1'], hasTerminal: false, note: withoutTerminal };
}

const withoutTerminal =
  'There is no `script` of util-linux in the workspace, so the shell has no terminal: no editing of lines, no jobs, and Ctrl-C ends it.';

/** Where both go to the same screen they are shown in the order in which they were said. */
function commandLine(command: Command['argv'], oneScreen: boolean): Command['argv'] {
  return oneScreen ? ['/bin/sh', '-c', 'exec "$@" 2>&1', 'sh', ...command] : command;
}

/** `script` makes the terminal inside; its standard input being none, it must be told of echo and size. */
function session({ rows, columns }: TerminalSize): Command['argv'] {
  return ['script', '-qec', `stty sane rows ${rows} cols ${columns} 2>/dev/null; ${bashOrSh}`, '/dev/null'];
}

/** That of other systems and of busybox takes other options. */
async function hasScript({ converse }: Place): Promise<boolean> {
  const trial = await converse({ argv: ['/bin/sh', '-c', 'script -qec true /dev/null'], cwd: '', timeoutMs: 10_000, network: 'none' });
  trial.end();
  for await (const _ of trial.output);
  const { exit } = await trial.result;
  return exit.kind === 'exited' && exit.code === 0;
}
