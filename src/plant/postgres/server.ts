import type { ClientConfig } from 'pg';

/** A PostgreSQL server as seen from one process, before anything is said to it. */
export interface Server {
  readonly kind: 'embedded' | 'server';
  readonly url: string;
  /** For people; without secrets. */
  readonly where: string;
  readonly connection: ClientConfig;
  /** Makes sure that the server runs, for as long as it takes to connect. `patient` waits for one that is coming back. */
  up<T>(connect: () => Promise<T>, patient: boolean): Promise<T>;
  /** Lets the server go; stops it where `isLast` says so and it is ours. */
  down(isLast: () => Promise<boolean>): Promise<void>;
}
