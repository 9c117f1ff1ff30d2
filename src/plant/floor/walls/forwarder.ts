import type * as network from 'node:net';

/** What the forwarder needs of node:child_process. */
type Spawn = (file: string, args: readonly string[], options: { readonly stdio: 'inherit' }) => Child;

interface Child {
  kill(signal: NodeJS.Signals): boolean;
  once(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
  once(event: 'exit', listener: (code: number | null, signal: NodeJS.Signals | null) => void): unknown;
}

/**
 * The forwarder, run behind the wall as `node forwarder.cjs <socket> <port> -- argv…`: answers 127.0.0.1:<port> of its
 * own network by the workspace's egress, runs argv while it does, and ends as argv ended.
 * Refers to nothing outside of itself: its text is what runs, so that no wall has to let the package be seen.
 */
function forward(load: NodeJS.Require): void {
  const { connect, createServer } = load('node:net') as typeof network;
  const { spawn } = load('node:child_process') as { readonly spawn: Spawn };
  const [socket = '', port = '', dashes = '', file, ...args] = process.argv.slice(2);
  const fail = (code: number, message: string): never => {
    process.stderr.write(`jidoka: ${message}\n`);
    return process.exit(code);
  };
  if (file === undefined || dashes !== '--' || !/^\d+$/.test(port)) return fail(125, 'usage: forwarder SOCKET PORT -- COMMAND…');

  const endAs = (signal: NodeJS.Signals): void => {
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
    // The first process of a pid namespace does not die of its own signals, nor does any of one that is only reported.
    setTimeout(() => process.exit(128 + ((load('node:os').constants.signals[signal] as number | undefined) ?? 0)), 20);
  };
  const run = (): void => {
    const child = spawn(file, args, { stdio: 'inherit' });
    const passed = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGCONT', 'SIGWINCH'] as const;
    for (const signal of passed) process.on(signal, () => child.kill(signal));
    child.once('error', ({ code, message }) => fail(code === 'ENOENT' ? 127 : 126, `${file} cannot be started: ${message}`));
    child.once('exit', (code, signal) => (signal === null ? process.exit(code ?? 1) : endAs(signal)));
  };

  // Either side may finish its half first; what breaks on one side ends both.
  const server = createServer({ allowHalfOpen: true }, (inner) => {
    const outer = connect({ path: socket, allowHalfOpen: true });
    inner.on('error', () => outer.destroy()).pipe(outer);
    outer.on('error', () => inner.destroy()).pipe(inner);
  });
  server.on('error', (error) => fail(125, `port ${port} cannot be listened on: ${error.message}`));
  server.listen(Number(port), '127.0.0.1', run);
}

/** The text of the forwarder's program, a CommonJS module. */
export function forwarderProgram(): string {
  return `(${forward.toString()})(require);\n`;
}
