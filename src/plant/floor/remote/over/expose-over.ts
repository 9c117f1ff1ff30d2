import type { Exposed } from '../../../../core/ports/floor.ts';
import { joinSocket } from '../wire/join-socket.ts';
import { listenAt } from '../wire/sockets.ts';
import type { InHand } from './in-hand.ts';
import type { SocketFolder } from './socket-folder.ts';

/** Answers a socket of this machine by what listens at a port of a workspace of another. */
export async function exposeOver(inHand: InHand, port: number, sockets: SocketFolder): Promise<Exposed> {
  const { session, handle } = await inHand.use();
  await session.call('expose', { handle, port }).answer;
  const listening = await listenAt(await sockets.next(), {
    user: null,
    connected: (socket) => {
      socket.on('error', () => socket.destroy());
      inHand.use().then(
        (now) => joinSocket(socket, now.session.call('connect', { handle: now.handle, port }).channel),
        () => socket.destroy(),
      );
    },
  });
  return {
    socket: listening.path,
    async close() {
      await listening.close();
      // Where the machine is out of reach it has ended there too.
      await session.call('hide', { handle, port }).answer.catch(() => undefined);
    },
  };
}
