import { JidokaError } from '../../../../core/base/error.ts';
import type { Entered, Factory } from '../../../../core/ports/factory.ts';
import { type Call, type CommandRecord, runArgument } from '../../command.ts';
import { withFactoryUntilStopped } from '../../with-factory.ts';
import { actorOf, refuseJobs, tokenOption } from '../acting.ts';
import { programOf } from './program.ts';
import { speak } from './speak.ts';
import { type Stopping, stopping } from './stopping.ts';

/** `jidoka shell`: a person looks into the workspace of a run. */
export const shell: CommandRecord = {
  path: ['shell'],
  summary: 'enter the workspace of a run, or run one command there',
  arguments: [runArgument, { syntax: '[command...]', description: 'after --: a command to run instead of a shell' }],
  options: [{ flags: '--stage <id>', description: 'which one, where several stages are under way' }, tokenOption],
  examples: ['shell deps-ms-2.1.3-1f0c9a2b', 'shell deps-ms-2.1.3-1f0c9a2b -- git status'],
  run: async (call) => {
    await refuseJobs(call.world);
    // From now on: whoever stops it while the factory opens leaves no workspace behind.
    const stop = stopping(call.world);
    try {
      const exitCode = await withFactoryUntilStopped(call, (factory, { say }) => visit(factory, call, { stop, say }));
      return { exitCode, document: null, text: () => '' };
    } finally {
      stop.forget();
    }
  },
};

interface Around {
  readonly stop: Stopping;
  say(line: string): void;
}

async function visit(factory: Factory, call: Call, { stop, say }: Around): Promise<number> {
  const [run = '', ...command] = call.arguments;
  const { world } = call;
  const actor = await actorOf(call, factory);
  const { tier } = await factory.floor.probe();
  refuseStopped(stop.signal);
  const entered = await factory.floor.enter(run, { actor, stage: call.text('stage') });
  try {
    say(welcome(entered, tier));
    refuseStopped(stop.signal);
    const program = await programOf(entered.workspace, command, world);
    if (program.note !== '') say(program.note);
    const code = await speak({ workspace: entered.workspace, program, stop, world });
    refuseStopped(stop.signal);
    return code;
  } finally {
    await entered.leave();
  }
}

function welcome({ workspace, how, stage }: Entered, tier: string): string {
  const place = `${workspace.name} on floor ${workspace.ref.floor} (${tier})`;
  if (how === 'live')
    return `${place}, live: ${stage ?? 'a stage'} is under way in it and sees what you change. The ledger says that you came.`;
  return `${place}, rebuilt: the base with what the run changed. Nothing done here becomes part of the run; it is removed when you leave.`;
}

function refuseStopped({ aborted, reason }: AbortSignal): void {
  if (!aborted) return;
  throw new JidokaError('interrupted', `Interrupted by ${String(reason)}. What ran in the workspace was ended.`, {
    mend: 'Give the same command again.',
    data: { signal: reason },
  });
}
