import type { Daemon } from '../../../daemon/index.ts';
import type { Settings } from '../../../config.ts';
import { floorEnvironment } from '../../../floor-settings.ts';
import type { World } from '../../world.ts';

/** A first start makes a database; on a busy machine that takes a while. */
const startPatienceMs = 120_000;
/** Says to the daemon that it was started by this command, which may start it again. */
export const detachedMark = 'JIDOKA_DETACHED';

/** Starts the daemon of a home with options of `jidoka up`, and waits until it answers. */
export async function launch(
  settings: Settings,
  world: World,
  options: readonly string[],
): Promise<{ readonly daemon: Daemon; readonly log: string }> {
  const { startDaemon } = await import('../../../daemon/index.ts');
  const { JIDOKA_DATABASE_URL: _, ...others } = world.env;
  // Handed over apart from the options, which others may see: its URL may hold a password.
  const database = settings.databaseUrl === null ? {} : { JIDOKA_DATABASE_URL: settings.databaseUrl };
  const argv = [world.script, '--home', settings.home, 'up', '--foreground', ...options];
  const env = { ...others, ...database, ...floorEnvironment(settings.floor), [detachedMark]: '1' };
  return startDaemon({ home: settings.home, argv, env, patienceMs: startPatienceMs });
}
