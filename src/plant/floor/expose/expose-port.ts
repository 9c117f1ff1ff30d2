import { constants } from 'node:fs';
import { chmod, open, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import type { Exposed } from '../../../core/ports/floor.ts';
import { workspaceFault } from '../fault.ts';
import type { Reach } from '../confines.ts';

const pathOnly = 0x20_0000;

/**
 * Answers a socket of the factory's own by what listens in a workspace. Throws `workspace-failed` where the socket cannot
 * be made; that nobody listens inside shows when somebody connects.
 */
export async function exposePort(reach: Reach, socket: string): Promise<Exposed> {
  const connections = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (near) => {
    connections.add(near.once('close', () => connections.delete(near)));
    near.on('error', () => near.destroy());
    const join = (far: Socket): void => {
      connections.add(far.once('close', () => connections.delete(far)));
      near.on('error', () => far.destroy()).pipe(far);
      far.on('error', () => near.destroy()).pipe(near);
    };
    connectTo(reach)
      .then(join)
      .catch(() => near.destroy());
  });
  try {
    await rm(socket, { force: true });
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(socket, resolve));
    await chmod(socket, 0o600);
  } catch (error) {
    server.close();
    throw workspaceFault(error, `exposing a port at ${socket}`);
  }
  return {
    socket,
    close: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const one of connections) one.destroy();
      });
    },
  };
}

/** Never through a link: a job could put one in the place of its socket, and lead to a socket of the host. */
async function connectTo(reach: Reach): Promise<Socket> {
  if (reach.kind === 'port') return connected(connect({ port: reach.port, host: '127.0.0.1', allowHalfOpen: true }));
  const handle = await open(reach.path, pathOnly | constants.O_NOFOLLOW);
  try {
    if (!(await handle.stat()).isSocket()) throw new Error(`${reach.path} is no socket`);
    return await connected(connect({ path: `/proc/self/fd/${handle.fd}`, allowHalfOpen: true }));
  } finally {
    await handle.close();
  }
}

function connected(socket: Socket): Promise<Socket> {
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(socket)).once('error', reject);
  });
}
