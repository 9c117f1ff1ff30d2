import { chmod, lchown, lstat, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { JidokaError } from '../../core/base/error.ts';
import type { EgressOrder } from '../../core/ports/egress.ts';

/** `sun_path` of the most narrow system that we know, without its end mark. */
const longestSocket = 103;

/** Listens on a unix socket that only its user may connect to; one that an earlier life left is removed first. */
export async function listenAt(server: Server, { socket, user }: Pick<EgressOrder, 'socket' | 'user'>): Promise<void> {
  if (Buffer.byteLength(socket) > longestSocket) {
    throw new JidokaError('workspace-failed', `The path of the socket ${socket} is longer than ${longestSocket} bytes.`, {
      mend: 'Put the factory into a folder with a shorter path: --home or JIDOKA_HOME.',
    });
  }
  try {
    await removeOld(socket);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(socket, () => {
        server.off('error', reject);
        resolve();
      });
    });
    await chmod(socket, 0o600);
    if (user !== null) await lchown(socket, user.uid, user.gid);
  } catch (cause) {
    server.close();
    throw new JidokaError('workspace-failed', `The socket ${socket} cannot be made: ${String(cause)}`, {
      mend: 'See that its folder exists and may be written by the factory.',
      cause,
    });
  }
}

/** Only a socket is removed: whatever else is there is not ours. */
async function removeOld(socket: string): Promise<void> {
  const found = await lstat(socket).catch(() => null);
  if (found?.isSocket() === true) await rm(socket, { force: true });
}
