import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { EgressUsage } from '../../core/ports/egress.ts';

/** Counts what goes through the sockets of one server. */
export interface Traffic {
  /** One more request came. */
  asked(): void;
  /** One more was refused, or something was taken off it. */
  refused(): void;
  usage(): EgressUsage;
}

/** Begins to count. */
export function trafficOf(server: Server): Traffic {
  const live = new Set<Socket>();
  let requests = 0;
  let refused = 0;
  let read = 0;
  let written = 0;
  server.on('connection', (socket: Socket) => {
    live.add(socket);
    socket.once('close', () => {
      live.delete(socket);
      read += socket.bytesRead;
      written += socket.bytesWritten;
    });
  });
  return {
    asked: () => void (requests += 1),
    refused: () => void (refused += 1),
    usage: () => {
      const open = [...live];
      return {
        requests,
        refused,
        // The server reads what goes out of the workspace.
        bytesIn: open.reduce((sum, { bytesWritten }) => sum + bytesWritten, written),
        bytesOut: open.reduce((sum, { bytesRead }) => sum + bytesRead, read),
      };
    },
  };
}
