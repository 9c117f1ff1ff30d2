import type { HostEnvironment } from '../environment.ts';
import { bootArguments, bootOver } from '../remote/program/boot.ts';
import { packRunner } from '../remote/program/pack.ts';
import type { Connection } from '../remote/over/link.ts';
import { wireTo } from '../remote/wire/wire.ts';
import { startTalking } from '../spawn/start-talking.ts';
import { sshArguments } from './ssh-command.ts';
import type { SshTarget } from './ssh-command.ts';
import { sshFault, sshMissing } from './ssh-fault.ts';

export interface SshConnecting extends SshTarget {
  /** node on the other machine. */
  readonly node: string;
  /** Environment of the owner's ssh: his agent, his settings. */
  readonly env: HostEnvironment;
  /** How long it may take altogether, in milliseconds. */
  readonly connectMs: number;
}

/** How long ssh may take to end once what it carried has, in milliseconds. */
const lastWordsMs = 2_000;

/** Starts a runner on another machine, over the ssh of this one. Throws `floor-unreachable` with what is to be mended where. */
export async function connectBySsh(connecting: SshConnecting): Promise<Connection> {
  const { host, node, env, connectMs } = connecting;
  const pack = await packRunner();
  const argv = sshArguments(connecting, [node, ...bootArguments(pack)]);
  // Its messages are read here, and are in everybody's language elsewhere.
  const ssh = await startTalking(['ssh', ...argv], { ...env, LC_ALL: 'C' }).catch((error: unknown) => {
    throw sshMissing(host, error);
  });
  const wire = wireTo(ssh);
  const timer = setTimeout(wire.drop, connectMs);
  try {
    return { wire: await bootOver(wire, pack), complaint: ssh.said };
  } catch (error) {
    const code = await ssh.endsWithin(lastWordsMs);
    wire.drop();
    throw sshFault(error, { host, said: ssh.said(), code });
  } finally {
    clearTimeout(timer);
  }
}
