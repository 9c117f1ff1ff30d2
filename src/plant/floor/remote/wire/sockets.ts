import { chmod, lchown, lstat, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { workspaceFault } from '../../fault.ts';

/** A unix socket that is listened to. */
export interface Listening {
  readonly path: string;
  /** Ends it with all its connections. */
  close(): Promise<void>;
}

export interface ListenOptions {
  /** Who may connect, beside this process; null for nobody. */
  readonly user: { readonly uid: number; readonly gid: number } | null;
  readonly connected: (socket: Socket) => void;
}

/** Listens at a unix socket; one that an earlier life left there is replaced. Throws `workspace-failed`. */
export async function listenAt(path: string, { user, connected }: ListenOptions): Promise<Listening> {
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket.once('close', () => open.delete(socket)));
    connected(socket);
  });
  try {
    // Whatever else is there is not ours.
    if ((await lstat(path).catch(() => null))?.isSocket() === true) await rm(path, { force: true });
    await listening(server, path);
    await chmod(path, 0o600);
    if (user !== null) await lchown(path, user.uid, user.gid);
  } catch (error) {
    server.close();
    throw workspaceFault(error, `listening at ${path}`);
  }
  return {
    path,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

/** Connects to a unix socket. */
export function connectTo(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path, allowHalfOpen: true });
    socket.once('connect', () => resolve(socket)).once('error', reject);
  });
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
