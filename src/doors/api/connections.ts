import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** The connections of a server, and which of them are in use. */
export interface Connections {
  /** Ends those that nobody is being answered on, also those on which nothing was ever asked. */
  endIdle(): void;
  endAll(): void;
}

export function connectionsOf(server: Server): Connections {
  const open = new Set<Socket>();
  const busy = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  server.on('request', ({ socket }, response) => {
    busy.add(socket);
    response.once('close', () => busy.delete(socket));
  });
  return {
    endIdle() {
      for (const socket of open) if (!busy.has(socket)) socket.destroy();
    },
    endAll() {
      for (const socket of open) socket.destroy();
    },
  };
}
