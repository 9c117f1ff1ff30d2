import type { Engine } from './engine/engine.ts';
import { execute } from './engine/execute.ts';
import { rootUser } from './layout.ts';

/** Engines write the name servers of their host into every container, whether it has a network or not: a job learns of none. */
export async function blankResolver(engine: Engine, container: string): Promise<void> {
  await execute(engine, container, { argv: ['/bin/sh', '-c', ': >/etc/resolv.conf'], user: rootUser });
}
