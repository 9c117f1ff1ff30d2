import { join } from 'node:path';

/** Files of the one daemon of a home. */
export interface DaemonPlace {
  readonly folder: string;
  readonly file: string;
  readonly token: string;
  readonly log: string;
}

export function daemonPlace(home: string): DaemonPlace {
  const folder = join(home, 'daemon');
  return { folder, file: join(folder, 'daemon.json'), token: join(folder, 'token'), log: join(folder, 'log') };
}
