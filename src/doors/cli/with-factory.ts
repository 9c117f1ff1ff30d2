import { JidokaError } from '../../core/base/error.ts';
import type { Factory, Watch } from '../../core/ports/factory.ts';
import type { Call } from './command.ts';
import { type ProgressTeller, startProgress } from './progress.ts';
import { sameFactoryCommand } from './self-command.ts';
import type { World } from './world.ts';

/**
 * Opens the factory for one piece of work and closes it whatever happens. A signal stops the work, closes the
 * factory (which ends its child processes) and throws `interrupted`, which names the runs that can go on.
 */
export async function withFactory<T>(call: Call, work: (factory: Factory, watch: Watch) => Promise<T>): Promise<T> {
  const { world, settings } = call;
  const progress = startProgress(world);
  const opening = world.openFactory(settings, (line) => progress.say(line));
  const signal = nextSignal(world, progress, sameFactoryCommand(call));
  try {
    return await Promise.race([opening.then((factory) => work(factory, progress.watch)), signal.received]);
  } finally {
    progress.stop();
    await close(opening);
    signal.forget();
  }
}

/** The promise never fulfils: it only rejects, on the first signal. A second signal ends the process at once. */
function nextSignal(world: World, progress: ProgressTeller, self: string): { readonly received: Promise<never>; forget(): void } {
  let forget = (): void => undefined;
  const received = new Promise<never>((_resolve, reject) => {
    forget = world.onSignal((signal) => {
      forget();
      progress.say(`${signal}: stopping what is under way. Once more ends it at once.`);
      reject(interruption(signal, progress.underWay(), self));
    });
  });
  return { received, forget: () => forget() };
}

function interruption(signal: string, runs: readonly string[], self: string): JidokaError {
  const [message, mend] =
    runs.length === 0
      ? ['No run was under way.', 'Give the same command again.']
      : [`Nothing is lost of ${runs.join(', ')}.`, runs.map((run) => `Run ${run} goes on with \`${self} resume ${run}\`.`).join(' ')];
  return new JidokaError('interrupted', `Interrupted by ${signal}. ${message}`, { mend, data: { signal } });
}

/** A factory that never opened has nothing to close, and why it did not open is told already. */
async function close(opening: Promise<Factory>): Promise<void> {
  const factory = await opening.catch(() => null);
  await factory?.close();
}
