import { setTimeout as pause } from 'node:timers/promises';
import { JidokaError } from '../../core/base/error.ts';
import type { Factory, Watch } from '../../core/ports/factory.ts';
import type { Call } from './command.ts';
import { heirOf } from './live/heir.ts';
import { type ProgressTeller, startProgress } from './progress.ts';
import { sameFactoryCommand } from './self-command.ts';
import type { World } from './world.ts';

/** What a command has beside the factory while it works. */
export interface Beside {
  /** Tells progress on stderr. */
  readonly watch: Watch;
  /** Says a line on stderr without disturbing the live one. */
  say(line: string): void;
  /** The same with a line that is laid out already. */
  print(line: string): void;
}

/**
 * Opens the factory for one piece of work and closes it whatever happens. A signal stops the work, closes the
 * factory (which ends its child processes) and throws `interrupted`, which says how the runs under way go on.
 */
export async function withFactory<T>(call: Call, work: (factory: Factory, beside: Beside) => Promise<T>): Promise<T> {
  const { world, settings } = call;
  const progress = startProgress(world, sameFactoryCommand(call));
  const opening = world.openFactory(settings, progress.say);
  const signal = nextSignal(world, progress);
  try {
    const working = opening.then(async (factory) => ({ kind: 'done', result: await work(factory, progress) }) as const);
    const ended = await Promise.race([working, signal.received]);
    if (ended.kind === 'done') return ended.result;
    throw interruption(ended.signal, await standings(progress.underWay(), opening), sameFactoryCommand(call));
  } finally {
    progress.stop();
    await close(opening);
    signal.forget();
  }
}

/**
 * The same for work that goes on until it is told to stop, and listens for signals itself: a signal ends it, and
 * nothing is interrupted.
 */
export async function withFactoryUntilStopped<T>(call: Call, work: (factory: Factory, beside: Beside) => Promise<T>): Promise<T> {
  const progress = startProgress(call.world, sameFactoryCommand(call), { live: false });
  const opening = call.world.openFactory(call.settings, progress.say);
  try {
    return await work(await opening, progress);
  } finally {
    progress.stop();
    await close(opening);
  }
}

interface Interrupted {
  readonly kind: 'interrupted';
  readonly signal: string;
}

/** Waits for the first signal. A second one ends the process at once. */
function nextSignal(world: World, progress: ProgressTeller): { readonly received: Promise<Interrupted>; forget(): void } {
  let forget = (): void => undefined;
  const received = new Promise<Interrupted>((resolve) => {
    forget = world.onSignal((signal) => {
      forget();
      progress.say(`${signal}: stopping what is under way. Once more ends it at once.`);
      resolve({ kind: 'interrupted', signal });
    });
  });
  return { received, forget: () => forget() };
}

interface Standing {
  readonly run: string;
  /** Who goes on with it once this process is gone; null where nobody does. */
  readonly heir: string | null;
}

/** Whoever presses Ctrl-C does not wait long for an answer. */
const askMs = 2_000;

async function standings(runs: readonly string[], opening: Promise<Factory>): Promise<readonly Standing[]> {
  if (runs.length === 0) return [];
  const asked = opening.then(heirOf).catch(() => null);
  const heir = await Promise.race([asked, pause(askMs, null, { ref: false })]);
  return runs.map((run) => ({ run, heir }));
}

function interruption(signal: string, runs: readonly Standing[], self: string): JidokaError {
  const [message, mend] =
    runs.length === 0
      ? ['No run was under way.', 'Give the same command again.']
      : [`Nothing is lost of ${runs.map(({ run }) => run).join(', ')}.`, runs.map((standing) => goesOn(standing, self)).join(' ')];
  return new JidokaError('interrupted', `Interrupted by ${signal}. ${message}`, { mend, data: { signal } });
}

function goesOn({ run, heir }: Standing, self: string): string {
  if (heir === null) return `Run ${run} goes on with \`${self} resume ${run}\`.`;
  return `Run ${run} goes on with ${heir}; \`${self} watch ${run}\` follows it.`;
}

/** A factory that never opened has nothing to close, and why it did not open is told already. */
async function close(opening: Promise<Factory>): Promise<void> {
  const factory = await opening.catch(() => null);
  await factory?.close();
}
