import type * as childProcess from 'node:child_process';
import type * as datagram from 'node:dgram';
import type * as fileSystem from 'node:fs';
import type * as network from 'node:net';
import type * as system from 'node:os';

/** What was planted outside for the canary to reach; secrets are in two halves, so that the order itself holds none. */
export interface CanaryOrder {
  /** A file of a home of the host that everybody may read. */
  readonly planted: string;
  /** A folder of the host that everybody may write. */
  readonly outside: string;
  /** A folder the command may read, which its user could write. */
  readonly readable: string;
  /** A folder the command may write. */
  readonly inside: string;
  /** In the environment of a process of the host. */
  readonly secret: readonly [string, string];
  /** In the command line of a process of the host. */
  readonly neighbour: readonly [string, string];
  /** To be in the command line of the daemon that the canary leaves. */
  readonly daemon: readonly [string, string];
  /** Ports of servers on 127.0.0.1 of the host. */
  readonly port: { readonly tcp: number; readonly udp: number };
  /** Sockets of a server of the host, which everybody may write; one is a file, one has but a name. */
  readonly sockets: readonly string[];
}

/** Looks at the world from inside. Each refers to nothing outside of itself, because their texts are what runs. */
type Look = (load: NodeJS.Require, order: CanaryOrder) => unknown;

const looks = {
  plantedFile(load: NodeJS.Require, { planted }: CanaryOrder): string {
    try {
      const fs = load('node:fs') as typeof fileSystem;
      return `read ${fs.readFileSync(planted).length} bytes`;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? String(error);
    }
  },

  /** Folders of the system that it could write; whether it reached those of the host, the host looks itself. */
  wroteOutside(load: NodeJS.Require, { outside, readable }: CanaryOrder): readonly string[] {
    const fs = load('node:fs') as typeof fileSystem;
    const write = (folder: string): boolean => {
      try {
        fs.mkdirSync(folder, { recursive: true });
        fs.writeFileSync(`${folder}/jidoka-canary`, '');
        return true;
      } catch {
        return false;
      }
    };
    write(outside);
    return ['/', '/dev', '/etc', '/home', '/proc/sys', '/root', '/run', '/usr', '/var', readable].filter(write);
  },

  /** Root of a namespace of its own, which every user can be, must not be able to take back what is read-only. */
  wroteNested(load: NodeJS.Require, { readable }: CanaryOrder): boolean {
    const { spawnSync } = load('node:child_process') as typeof childProcess;
    const script = 'mount -o remount,bind,rw "$1"; umount "$1"; : >"$1/jidoka-canary-nested"';
    spawnSync('unshare', ['--user', '--map-root-user', '--mount', 'sh', '-c', script, 'sh', readable]);
    return (load('node:fs') as typeof fileSystem).existsSync(`${readable}/jidoka-canary-nested`);
  },

  /** Processes in which the secret, or the neighbour's mark, can be seen; `blind` where it could not look at any. */
  processes(load: NodeJS.Require, { secret, neighbour }: CanaryOrder): { secrets: string[]; neighbours: string[]; blind: string } {
    const fs = load('node:fs') as typeof fileSystem;
    if (process.platform !== 'linux') {
      const { spawnSync } = load('node:child_process') as typeof childProcess;
      const { stdout, status, error } = spawnSync('/bin/ps', ['-axEww', '-o', 'pid=,command='], { encoding: 'utf8' });
      const lines = (stdout ?? '').split('\n');
      const pidsWith = (text: string): string[] => lines.filter((line) => line.includes(text)).map((line) => String(parseInt(line, 10)));
      const own = spawnSync('/usr/bin/env', { encoding: 'utf8' }).stdout?.includes(secret.join('')) === true ? ['its own'] : [];
      const blind = status === 0 ? '' : `ps cannot be run: ${error?.message ?? String(status)}`;
      return { secrets: [...own, ...pidsWith(secret.join(''))], neighbours: pidsWith(neighbour.join('')), blind };
    }
    const holds = (file: string, text: string): boolean => {
      try {
        return fs.readFileSync(file, 'latin1').includes(text);
      } catch {
        return false;
      }
    };
    const pids = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return {
      secrets: pids.filter((pid) => holds(`/proc/${pid}/environ`, secret.join(''))),
      neighbours: pids.filter((pid) => holds(`/proc/${pid}/cmdline`, neighbour.join(''))),
      blind: '',
    };
  },

  /** What the kernel says of its rights; where it says nothing, whether a program of root's could be started. */
  rights(load: NodeJS.Require): { uid: number; status: Record<string, string>; rootProgram: string } {
    if (process.platform !== 'linux') {
      const { spawnSync } = load('node:child_process') as typeof childProcess;
      const { error } = spawnSync('/usr/bin/su', ['-h'], { stdio: 'ignore' });
      return { uid: process.getuid?.() ?? -1, status: {}, rootProgram: (error as NodeJS.ErrnoException | undefined)?.code ?? 'started' };
    }
    const text = (load('node:fs') as typeof fileSystem).readFileSync('/proc/self/status', 'utf8');
    const lines = text.matchAll(/^(Cap\w+|NoNewPrivs):\s*(\w+)$/gm);
    const status = Object.fromEntries([...lines].map(([, name, value]) => [name, value]));
    return { uid: process.getuid?.() ?? -1, status, rootProgram: '' };
  },

  /** Only those that are up and have an address: some kernels put dead ends of tunnels into every network. */
  devices(load: NodeJS.Require): readonly string[] {
    try {
      return Object.keys((load('node:os') as typeof system).networkInterfaces());
    } catch (error) {
      // That they cannot be listed does not mean that there are none.
      return [`unknown, ${String(error)}`];
    }
  },

  tcp(load: NodeJS.Require, { port }: CanaryOrder): Promise<string> {
    const { connect } = load('node:net') as typeof network;
    return new Promise((resolve) => {
      const socket = connect({ host: '127.0.0.1', port: port.tcp, timeout: 2_000 });
      socket.once('connect', () => resolve('connected')).once('timeout', () => resolve('ETIMEDOUT'));
      socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    });
  },

  /** Sockets that answered. */
  async unix(load: NodeJS.Require, { sockets }: CanaryOrder): Promise<readonly string[]> {
    const { connect } = load('node:net') as typeof network;
    const answers = sockets.map(
      (path) =>
        new Promise<readonly string[]>((resolve) => {
          const socket = connect({ path });
          socket.once('connect', () => resolve([path])).once('error', () => resolve([]));
        }),
    );
    return (await Promise.all(answers)).flat();
  },

  /** Whether it arrived only the host can tell. */
  udp(load: NodeJS.Require, { port }: CanaryOrder): Promise<string> {
    const socket = (load('node:dgram') as typeof datagram).createSocket('udp4');
    return new Promise((resolve) => {
      socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      socket.send('canary', port.udp, '127.0.0.1', (error) => resolve(error === null ? 'sent' : error.message));
    });
  },

  /** A server of the command's own must be reachable for the command. */
  loopback(load: NodeJS.Require): Promise<string> {
    const { connect, createServer } = load('node:net') as typeof network;
    return new Promise((resolve) => {
      const server = createServer((socket) => socket.end());
      server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      server.listen(0, '127.0.0.1', () => {
        const client = connect({ host: '127.0.0.1', port: (server.address() as network.AddressInfo).port });
        client.once('connect', () => resolve('connected'));
        client.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      });
    });
  },

  /** Forks twice, in a session of its own, so that no process group and no parent leads to it. */
  async leaveDaemon(load: NodeJS.Require, { daemon, inside }: CanaryOrder): Promise<boolean> {
    const { spawn } = load('node:child_process') as typeof childProcess;
    const { existsSync } = load('node:fs') as typeof fileSystem;
    const script = '(sh -c ": >alive; while :; do sleep 1; done" "$0" &)';
    spawn('sh', ['-c', script, daemon.join('')], { cwd: inside, stdio: 'ignore', detached: true });
    for (let tries = 0; tries < 1_000 && !existsSync(`${inside}/alive`); tries += 1) await new Promise((resolve) => setTimeout(resolve, 2));
    return existsSync(`${inside}/alive`);
  },
} satisfies Record<string, Look>;

/** What the canary saw; facts, not verdicts. */
export type Sight = { readonly [Name in keyof typeof looks]: Awaited<ReturnType<(typeof looks)[Name]>> };

/** Name of the file, in the folder it may write, in which the canary tells what it saw. */
export const sightFile = 'sight.json';

/** Text of a CommonJS program that tries everything, tells what it saw, and stays until it is killed, or for half a minute. */
export function canaryProgram(order: CanaryOrder): string {
  const tries = Object.entries(looks).map(([name, look]) => `${JSON.stringify(name)}: ({ ${look.toString()} })[${JSON.stringify(name)}]`);
  return `
const order = ${JSON.stringify(order)};
const looks = { ${tries.join(',\n')} };
const fs = require('node:fs');
setTimeout(() => process.exit(), 30_000);
Promise.all(Object.entries(looks).map(async ([name, look]) => [name, await look(require, order)])).then((seen) => {
  const file = order.inside + '/${sightFile}';
  fs.writeFileSync(file + '.draft', JSON.stringify(Object.fromEntries(seen)));
  fs.renameSync(file + '.draft', file);
  console.log('seen');
});
`;
}
