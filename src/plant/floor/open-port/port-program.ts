import type * as network from 'node:net';

/**
 * The keeper of a port, run as `node port.cjs <socket>`: answers a port of 127.0.0.1 by the socket, for as long as it
 * lives, whoever listens there meanwhile, and says `<port> ready`. Refers to nothing outside of itself: its text is what runs.
 */
function keepPort(load: NodeJS.Require): void {
  const { connect, createServer } = load('node:net') as typeof network;
  const path = process.argv[2] ?? '';
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ path, allowHalfOpen: true });
    near.on('error', () => far.destroy()).pipe(far);
    far.on('error', () => near.destroy()).pipe(near);
  });
  server.on('error', (error) => {
    process.stderr.write(`no port can be listened on: ${error.message}\n`);
    process.exit(1);
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    process.stdout.write(`${typeof address === 'object' ? address?.port : ''} ready\n`);
  });
}

/** The text of that program, a CommonJS module. */
export function portProgram(): string {
  return `(${keepPort.toString()})(require);\n`;
}
