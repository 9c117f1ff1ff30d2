import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface PortToSocket {
  readonly port: number;
  close(): Promise<void>;
}

/** Answers a free port of 127.0.0.1 by a unix socket, as the forwarder behind a wall does. */
export async function portToSocket(socket: string): Promise<PortToSocket> {
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (inner) => {
    const outer = connect({ path: socket, allowHalfOpen: true });
    for (const one of [inner, outer]) open.add(one.once('close', () => open.delete(one)));
    inner.on('error', () => outer.destroy()).pipe(outer);
    outer.on('error', () => inner.destroy()).pipe(inner);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a TCP server has no other kind of address
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        for (const one of open) one.destroy();
        server.close(() => resolve());
      }),
  };
}
