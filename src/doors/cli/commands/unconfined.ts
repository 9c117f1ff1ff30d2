import type { Call } from '../command.ts';
import type { Beside } from '../with-factory.ts';

/** Warns whoever lets commands of repositories run on the floor without walls: it is their own risk. */
export function warnUnconfined({ settings }: Pick<Call, 'settings'>, { say }: Pick<Beside, 'say'>): void {
  if (settings.floor.kind !== 'host') return;
  say(
    'UNCONFINED: commands of the repository run with your rights (floor host, T0); results are marked and can never merge by themselves.',
  );
}
