import type { FloorClaim } from '../../../../core/ports/floor.ts';
import { execute } from '../engine/execute.ts';
import type { Engine } from '../engine/engine.ts';
import { jobUser } from '../layout.ts';

export const sysClaim = 'fs.sys.hidden';

/** Names what can be seen below the entries of /sys but for /sys/fs/cgroup, which is the container's own. */
const script = `for each in /sys/[!f]*/* /sys/f[!s]*/* /sys/fs/[!c]*/* /sys/fs/c[!g]*/*; do [ -e "$each" ] && echo "$each"; done; echo looked`;
const mostNamed = 3;

/** Looks in a container for what hardware the host has and what its kernel does. */
export async function sendSysCanary(engine: Engine, container: string): Promise<FloorClaim> {
  const { stdout } = await execute(engine, container, { argv: ['/bin/sh', '-c', script], user: jobUser.text });
  const lines = stdout.split('\n').filter((line) => line !== '');
  if (lines.pop() !== 'looked')
    return { claim: sysClaim, state: 'unsupported', proof: 'what can be read is unknown: the canary did not come back' };
  const proof =
    lines.length === 0
      ? 'nothing can be read but the cgroup of the container itself'
      : `${lines.length} entries can be read: ${lines.slice(0, mostNamed).join(', ')}${lines.length > mostNamed ? ', …' : ''}`;
  return { claim: sysClaim, state: lines.length === 0 ? 'proved' : 'refuted', proof };
}
