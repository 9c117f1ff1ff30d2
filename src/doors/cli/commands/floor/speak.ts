import { constants } from 'node:os';
import { assertNever } from '../../../../core/base/assert-never.ts';
import type { Entered } from '../../../../core/ports/factory.ts';
import type { Conversation, ProcessExit } from '../../../../core/ports/floor.ts';
import type { World } from '../../world.ts';
import type { Program } from './program.ts';
import type { Stopping } from './stopping.ts';

export interface Speaking {
  readonly workspace: Pick<Entered['workspace'], 'converse'>;
  readonly program: Program;
  readonly stop: Stopping;
  readonly world: Pick<World, 'terminal' | 'stderr' | 'env'>;
}

/** A visit is a person's: it may last. */
const longestMs = 7 * 24 * 3_600_000;
const ctrlC = new Uint8Array([3]);

/** Joins this process's input and output with a program of a workspace until that ends, and returns its exit code. */
export async function speak({ workspace, program, stop, world }: Speaking): Promise<number> {
  const { terminal, stderr, env } = world;
  const conversation = await workspace.converse({
    argv: program.argv,
    cwd: '',
    env: { TERM: env['TERM'] ?? 'dumb' },
    timeoutMs: longestMs,
    network: 'none',
    signal: stop.signal,
  });
  if (program.hasTerminal) stop.giveInterrupts(() => void conversation.write(ctrlC));
  const giveBack = terminal.read(
    { data: (chunk) => conversation.write(chunk), end: () => conversation.end() },
    { raw: program.hasTerminal },
  );
  try {
    await shown(conversation, terminal.write);
    const { exit, stderr: said } = await conversation.result;
    stderr.write(said + complaint(exit));
    return exitCode(exit);
  } finally {
    giveBack();
  }
}

async function shown({ output }: Conversation, write: (chunk: Uint8Array) => Promise<void>): Promise<void> {
  for await (const chunk of output) await write(chunk);
}

/** As shells and `timeout` tell it. */
function exitCode(exit: ProcessExit): number {
  switch (exit.kind) {
    case 'exited':
      return exit.code;
    case 'signalled':
      return 128 + signalNumber(exit.signal);
    case 'limited':
      return 128 + constants.signals.SIGKILL;
    case 'timed-out':
    case 'stalled':
      return 124;
    case 'cancelled':
      return 128 + constants.signals.SIGINT;
    case 'not-started':
      return 127;
    default:
      return assertNever(exit);
  }
}

function signalNumber(name: string): number {
  return Object.entries(constants.signals).find(([known]) => known === name)?.[1] ?? 0;
}

/** What the program itself could not say. */
function complaint(exit: ProcessExit): string {
  if (exit.kind === 'not-started') return `It could not be started: ${exit.message}\n`;
  if (exit.kind === 'limited') return `It was ended: it took more ${exit.limit} than the ${exit.allowed} it may have.\n`;
  return exit.kind === 'timed-out' ? 'It was ended: it ran for a week.\n' : '';
}
