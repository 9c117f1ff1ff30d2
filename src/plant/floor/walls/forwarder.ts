import type * as network from 'node:net';

/** What the forwarder needs of node:child_process. */
type Spawn = (file: string, args: readonly string[], options: { readonly stdio: 'inherit' }) => Child;

interface Child {
  kill(signal: NodeJS.Signals): boolean;
  once(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
  once(event: 'exit', listener: (code: number | null, signal: NodeJS.Signals | null) => void): unknown;
}

/**
 * The forwarder, run behind the wall as `node forwarder.cjs <way>… -- argv…`: opens the ways between its own network and
 * sockets that are seen outside, runs argv while they are open, and ends as argv ended. The way `out:<port>:<socket>`
 * answers 127.0.0.1:<port> by the socket, as for the workspace's egress; `in:<port>:<socket>` answers the socket by the port.
 * Refers to nothing outside of itself: its text is what runs, so that no wall has to let the package be seen.
 */
function forward(load: NodeJS.Require): void {
  const { connect, createServer } = load('node:net') as typeof network;
  const { spawn } = load('node:child_process') as { readonly spawn: Spawn };
  const given = process.argv.slice(2);
  const dashes = given.indexOf('--');
  const ways = given.slice(0, Math.max(0, dashes)).map((way) => /^(in|out):(\d+):(.+)$/.exec(way));
  const [file, ...args] = given.slice(dashes + 1);
  const fail = (code: number, message: string): never => {
    process.stderr.write(`jidoka: ${message}\n`);
    return process.exit(code);
  };
  if (file === undefined || dashes < 1 || ways.includes(null))
    return fail(125, 'usage: forwarder in:PORT:SOCKET|out:PORT:SOCKET… -- COMMAND…');

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
  const open = ([, kind, number, path = '']: readonly string[]): Promise<void> => {
    const port = Number(number);
    const [from, to] = kind === 'in' ? [{ path }, { port, host: '127.0.0.1' }] : [{ port, host: '127.0.0.1' }, { path }];
    const server = createServer({ allowHalfOpen: true }, (near) => {
      const far = connect({ ...to, allowHalfOpen: true });
      near.on('error', () => far.destroy()).pipe(far);
      far.on('error', () => near.destroy()).pipe(near);
    });
    server.on('error', (error) => fail(125, `${kind === 'in' ? path : `port ${port}`} cannot be listened on: ${error.message}`));
    return new Promise((resolve) => server.listen(from, resolve));
  };
  void Promise.all(ways.map((way) => open(way ?? []))).then(run);
}

/** The text of the forwarder's program, a CommonJS module. */
export function forwarderProgram(): string {
  return `(${forward.toString()})(require);\n`;
}
